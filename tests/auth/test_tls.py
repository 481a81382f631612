import ssl

import pytest

from ums_actors.auth.tls import trusting
from ums_actors.errors import LocalProtocolError


def test_context_checks_names_and_certificates(ca_file):
    for context in (trusting(None), trusting(ca_file)):
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_key_log_of_the_environment_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert trusting(None).keylog_filename is None


def test_file_that_holds_no_certificates_is_a_clear_error(tmp_path):
    (tmp_path / "empty").write_text("nothing")
    for path in (tmp_path / "missing", tmp_path / "empty", tmp_path):
        with pytest.raises(LocalProtocolError, match="path of a PEM file"):
            trusting(path)
