import ssl
import sys

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.http.tls import system_trust, trusting


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
    with pytest.raises(LocalProtocolError, match="extra_ca_file="):
        trusting(ca_file, tmp_path)


@pytest.mark.parametrize("path", [5, True, [], "a\0b", "\ud800", "x" * 10_000, ""])
def test_what_is_no_path_is_a_clear_error(path):
    with pytest.raises(LocalProtocolError, match="path of a PEM file") as caught:
        trusting(None, path)
    assert len(str(caught.value)) < 300


def test_the_systems_own_trust_checks_names_and_certificates(ca_file):
    truststore = pytest.importorskip("truststore")
    for context in (system_trust(), system_trust(ca_file)):
        assert isinstance(context, truststore.SSLContext)
        assert isinstance(context, ssl.SSLContext)
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.options & ssl.OP_NO_RENEGOTIATION
        assert not context.keylog_filename
    with pytest.raises(LocalProtocolError, match="extra_ca_file="):
        system_trust("/nowhere")


def test_the_systems_own_trust_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "truststore", None)
    with pytest.raises(LocalProtocolError, match=r"ums_actors\[truststore\]"):
        system_trust()
