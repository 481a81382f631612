"""Errors and their fields; checked, never run."""

from __future__ import annotations

from typing import Any, assert_type

import ums_actors as ums


def of_requests(connection: ums.Connection) -> None:
    try:
        connection.send({"type": ".GetClock"})
    except ums.RequestRejected as error:
        assert_type(error.code, int)
        assert_type(error.body, Any)
        assert_type(error.retry_after, float)
    except (ums.ConnectionLost, ums.RequestForgotten, ums.RequestTimedOut) as error:
        assert_type(error.delivery, ums.Delivery)
        assert_type(error.delivery is ums.Delivery.UNKNOWN, bool)
    except ums.Overloaded as error:
        assert_type(error.request_id, str)
    except ums.RequestError as error:
        assert_type(error.request_type, str)


def of_connections(error: ums.UMSError) -> None:
    assert_type(error.history, tuple[str, ...])
    match error:
        case ums.ConnectError() | ums.FileError():
            assert_type(error.status, int | None)
        case ums.AuthenticationRejected():
            assert_type(error.step, str)
        case ums.LoginError():
            assert_type(error.retry_after, float)
        case ums.RestartBudgetExhausted():
            assert_type(error.exits, tuple[str, ...])
        case ums.RemoteProtocolError():
            assert_type(error.close_code, int)
        case ums.RingNotWaiting():
            assert_type(error.state, str)
        case ums.WouldDeadlock() | ums.NotSupported() | ums.LocalProtocolError():
            misuse: ValueError = error
            assert_type(misuse.args, tuple[Any, ...])
        case ums.OutboxError():
            assert_type(error, ums.OutboxError)
        case ums.StatusError():
            assert_type(error, ums.StatusError)
        case _:
            pass


def of_a_cluster(error: ums.ClusterError) -> None:
    assert_type(error.cluster, str)


def of_leases(error: ums.LeaseLost | ums.LeaseStoreError) -> None:
    match error:
        case ums.LeaseLost():
            assert_type(error.epoch, int)
        case ums.LeaseStoreError():
            assert_type(error.history, tuple[str, ...])
