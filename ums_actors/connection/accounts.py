"""What both sides can ask of profiles and of the file service."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.connection.subscriptions import Subscriptions
from ums_actors.protocol import brand, files, profiles

if TYPE_CHECKING:
    from ums_actors.protocol.files import FileUrl
    from ums_actors.protocol.profiles import BrandProfile, UserProfile
    from ums_actors.runtime import LoopFuture
    from ums_actors.secret import Secret

__all__ = ["Accounts"]


class Accounts(Subscriptions, abc.ABC):
    """Requests about who somebody is and where files are; UMS.md 3.11 and 3.12."""

    def keep_alive(self) -> LoopFuture[Any]:
        """Have the service answer, and nothing else."""
        return self._call(brand.keep_alive(), resend=True)

    def get_user_profile(self, user_id: str | None = None) -> LoopFuture[UserProfile]:
        """Give a user's profile, typed; the own one if nobody is named."""
        call = brand.get_user_profile(user_id)
        return self._ask(call, resend=True)

    def set_user_profile(self, profile: Any) -> LoopFuture[str]:
        """Set the parts of the own profile that are given, as ``{"first_name": …}``."""
        return self._call(profiles.set_user_profile(profile))

    def get_brand_profile(self) -> LoopFuture[BrandProfile]:
        """Give what the brand says of itself."""
        call = profiles.get_brand_profile(self._kernel.account_id)
        return self._ask(call, resend=True)

    def get_upload_url(self, file_size: int, file_type: str) -> LoopFuture[FileUrl]:
        """Ask where to put a file of so many bytes; good for about a minute."""
        return self._ask(files.upload_url(file_size, file_type))

    def get_download_url(self, relative_path: str) -> LoopFuture[FileUrl]:
        """Ask where to get a file, by the path in its message."""
        return self._ask(files.download_url(relative_path))

    def get_download_token(
        self, dialog_id: str, submission_id: str, invitation_id: str
    ) -> LoopFuture[Secret]:
        """Ask for the key with which a submitted secure form can be read, once."""
        call = files.download_token(dialog_id, submission_id, invitation_id)
        return self._ask(call)
