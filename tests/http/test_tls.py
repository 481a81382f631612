import ssl

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.http.tls import trusting


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


def test_extra_certificates_are_trusted_as_well(ca_file, tmp_path):
    extra = len(trusting(None, ca_file).get_ca_certs())
    assert extra == len(trusting(None).get_ca_certs()) + 1
    both = trusting(ca_file, ca_file)
    assert len(both.get_ca_certs()) == 1
    with pytest.raises(LocalProtocolError, match="extra_ca_file wants"):
        trusting(ca_file, tmp_path)
