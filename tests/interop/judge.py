"""Frames that lp-messaging-sdk 1.5.4 cannot bear: they end, hang or mislead it."""

from __future__ import annotations

CHANGES = {
    ".ams.aam.ExConversationChangeNotification",
    "cqm.ExConversationChangeNotification",
}
UNSUBSCRIBE = {
    ".ams.aam.UnsubscribeExConversations",
    "cqm.UnsubscribeExConversations",
}


class Judge:
    """Looks at each frame of one socket, and keeps its complaints.

    Args:
        account: the account id, with which old ids begin.
    """

    errors = ""

    def __init__(self, account):
        self.complaints = []
        self.account = account
        self._asked = {}
        self._forgotten = set()
        self._newest = {}

    def expect(self, is_so, complaint):
        if not is_so:
            self.complaints.append(complaint)

    def ask(self, request):
        """Note a request that is being sent."""
        self._asked[request["id"]] = request

    def look_at(self, frame):
        """Judge a frame that has come."""
        try:
            if frame["kind"] == "resp":
                self._look_at_answer(frame)
            else:
                self.look_at_notification(frame)
        except (AttributeError, KeyError, TypeError) as error:
            self.complaints.append(f"it would have ended: {error!r} at {frame}")

    def _look_at_answer(self, frame):
        request = self._asked.pop(frame["reqId"], None)
        if request is None:
            self.complaints.append(f"an answer to nothing: {frame}")
            return
        kind = request["type"]
        self.expect(kind != frame["type"], f"an answer typed like its request: {kind}")
        if frame["code"] > 399:
            is_read = frame["type"] == self.errors
            self.expect(is_read, f"Unknown error type {frame['type']}")
            self.expect(isinstance(frame["body"], str), "the error is no sentence")
        elif kind in UNSUBSCRIBE:
            self._forgotten.add(request["body"]["subscriptionId"])

    def look_at_notification(self, frame):
        if frame["type"] in CHANGES:
            is_known = frame["body"]["subscriptionId"] not in self._forgotten
            self.expect(is_known, "invalid subscriptionId")
            for change in frame["body"]["changes"]:
                self._look_at_result(change["result"])

    def _look_at_result(self, result):
        details = result["conversationDetails"]
        identity, updated = result["convId"], details["metaDataLastUpdateTs"]
        is_later = updated >= self._newest.get(identity, 0)
        self.expect(is_later, "metaDataLastUpdateTs has decreased")
        self._newest[identity] = updated
        for dialog in details["dialogs"]:
            for member in dialog["participantsDetails"]:
                self.look_at_member(member)
        last = result.get("lastContentEventNotification")
        if last is not None and not last.get("originatorMetadata", {}).get("role"):
            self.complaints.append("the last content event has no originator's role")
        self.look_at_participants(details)

    def look_at_member(self, member):
        missing = {"id", "role", "state"} - member.keys()
        self.expect(not missing, f"a participant has no {missing}")

    def look_at_participants(self, details):
        raise NotImplementedError


class BrandJudge(Judge):
    """Of the brand side."""

    errors = ".ReqBody$StringResp"

    def look_at_notification(self, frame):
        super().look_at_notification(frame)
        if frame["type"] == ".ams.ms.OnlineEventDistribution":
            for name in ("originatorId", "originatorPId", "conversationId", "dialogId"):
                self.expect(frame["body"].get(name), f"an event has no {name}")

    def look_at_participants(self, details):
        pids = details["participantsPId"]
        for role, members in details["participants"].items():
            fit = len(pids.get(role, ())) == len(members)
            self.expect(fit, f"participantsPId does not fit the role {role}")


class ConsumerJudge(Judge):
    """Of the consumer side."""

    errors = "StringResponse"

    def look_at_notification(self, frame):
        super().look_at_notification(frame)
        if frame["type"] == "ms.MessagingEventNotification":
            for record in frame["body"]["changes"]:
                self._look_at_id(record["originatorId"])

    def look_at_member(self, member):
        super().look_at_member(member)
        self._look_at_id(member["id"])

    def look_at_participants(self, details):
        for member in details["participants"]:  # a list of objects
            self.expect(member["role"], "a participant has no role")
            self._look_at_id(member["id"])

    def _look_at_id(self, identity):
        is_old = identity.startswith(f"{self.account}.")
        self.expect(not is_old, f"{identity} is an old id, no PID")
