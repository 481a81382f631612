import ssl
import sys

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.http import tls
from ums_actors.http.tls import Contexts, client_context, system_trust


def test_context_checks_names_and_certificates(ca_file):
    for context in (client_context(), client_context(ca_file)):
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_what_does_not_verify_is_strict_in_all_else(ca_file):
    context = client_context(verify=False)
    assert not context.check_hostname
    assert context.verify_mode is ssl.CERT_NONE
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_key_log_of_the_environment_is_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert client_context().keylog_filename is None


def test_file_that_holds_no_certificates_is_a_clear_error(tmp_path):
    (tmp_path / "empty").write_text("nothing")
    for path in (tmp_path / "missing", tmp_path / "empty", tmp_path):
        for give in (client_context, Contexts().give):
            with pytest.raises(LocalProtocolError, match="path of a PEM file"):
                give(path)


def test_extra_certificates_are_trusted_as_well(ca_file, tmp_path):
    extra = len(client_context(None, ca_file).get_ca_certs())
    assert extra == len(client_context().get_ca_certs()) + 1
    both = client_context(ca_file, ca_file)
    assert len(both.get_ca_certs()) == 1
    with pytest.raises(LocalProtocolError, match="extra_ca_file="):
        client_context(ca_file, tmp_path)


@pytest.mark.parametrize("path", [5, True, [], "a\0b", "\ud800", "x" * 10_000, ""])
def test_what_is_no_path_is_a_clear_error(path):
    with pytest.raises(LocalProtocolError, match="path of a PEM file") as caught:
        client_context(None, path)
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


def test_the_same_files_and_strictness_give_the_same_context(ca_file):
    contexts = Contexts()
    asked = [((), {}), ((ca_file,), {}), ((None, ca_file), {}), ((), {"verify": False})]
    made = [contexts.give(*files, **more) for files, more in asked]
    assert len(set(map(id, made))) == len(asked)
    again = [contexts.give(*files, **more) for files, more in asked]
    assert [id(each) for each in again] == [id(each) for each in made]
    assert Contexts().give(ca_file) is not made[1]


def test_a_bundle_that_was_exchanged_is_read_anew(ca_file, tmp_path):
    contexts, bundle = Contexts(), tmp_path / "bundle.pem"
    text = ca_file.read_text("ascii")
    bundle.write_text(text)
    before = contexts.give(bundle)
    assert contexts.give(bundle) is before
    (tmp_path / "next").write_text(text)
    (tmp_path / "next").replace(bundle)
    assert contexts.give(bundle) is not before


def test_only_so_many_contexts_are_kept(ca_file, tmp_path, monkeypatch):
    made = []
    make = tls.client_context

    def counting(*files, verify):
        made.append(files[0])
        return make(*files, verify=verify)

    monkeypatch.setattr(tls, "client_context", counting)
    contexts, paths = Contexts(limit=2), []
    text = ca_file.read_text("ascii")
    for name in "abc":
        paths.append(tmp_path / name)
        paths[-1].write_text(text)
    a, b, c = paths
    for path in (a, b, a, c, a, b):  # c pushes b out, the older of the two
        contexts.give(path)
    assert made == [a, b, c, b]
