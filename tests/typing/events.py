"""What is heard, and what it carries; checked, never run."""

from __future__ import annotations

from typing import assert_type

import ums_actors as ums
from ums_actors.protocol.conversations import Csat, Ttr


def of_the_connection(event: ums.Event) -> None:
    match event:
        case ums.StateChanged():
            assert_type(event.state, str)
            assert_type(event.at, float)
        case ums.AttemptFailed():
            assert_type(event.retry_in, float | None)
        case ums.ExitReported():
            assert_type(event.budget_left, int | None)
        case ums.ErrorOccurred():
            assert_type(event.error, BaseException)
        case ums.IdentityChanged():
            assert_type(event.current, str)
        case ums.AgentStateChanged():
            assert_type(event.previous, str | None)
        case ums.RingOffered() | ums.RingUpdated():
            assert_type(event.ring, ums.Ring)
        case ums.PublishSettled():
            assert_type(event.sequence, int | None)
        case ums.SkillEnteredWorkHours() | ums.SkillEnteredOffHours():
            assert_type(event.shift, ums.SkillShift)
            assert_type(event.skill_id, str)
        case _:
            assert_type(event, ums.Event)


def of_the_traffic(event: ums.Event) -> None:
    match event:
        case ums.NotificationReceived():
            assert_type(event.type, str)
        case ums.RequestSent():
            assert_type(event.request_id, str)
        case ums.ResponseReceived():
            assert_type(event.code, int)
            assert_type(event.seconds, float | None)
        case ums.Tap():
            of_times(event)
        case _:
            pass


def of_times(event: ums.Tap) -> None:
    match event:
        case ums.ConnectStarted():
            assert_type(event.attempt, int)
        case ums.ConnectEnded():
            assert_type(event.seconds, float)
            assert_type(event.steps, tuple[tuple[str, float], ...])
        case ums.TokenRequested():
            assert_type(event.operation, str)
        case ums.TokenObtained():
            assert_type(event.again, bool)
        case ums.TokenRefreshed():
            assert_type(event.seconds, float | None)
        case ums.TokenFailed():
            assert_type(event.error, BaseException)
        case ums.TokenInvalidated():
            assert_type(event.source, str)
        case ums.ShiftStatusReceived():
            assert_type(event.shifts, tuple[ums.SkillShift, ...])
        case ums.ShiftStatusFailed():
            assert_type(event.error, BaseException)
        case _:
            pass


def of_what_became_of_it(
    event: ums.MessageStatusChanged | ums.ChatStateChanged,
) -> None:
    assert_type(event.mine, bool)
    if isinstance(event, ums.MessageStatusChanged):
        assert_type(event.messages, tuple[ums.Message, ...])
        assert_type(event.messages[0].has_status(event.status), bool)
    else:
        assert_type(event.participant, ums.Participant | None)


def of_snapshots(event: ums.SnapshotCut) -> None:
    assert_type(event.child, bool)
    assert_type(event.oldest_update, int | None)


def of_what_is_said(event: ums.MessageReceived | ums.MessagesMissed) -> None:
    assert_type(event.dialog_id, str)
    if isinstance(event, ums.MessageReceived):
        assert_type(event.message, ums.Message | None)
        assert_type(event.text, str | None)
    else:
        assert_type(event.last, int | None)


def of_conversations(event: ums.ConversationEvent) -> None:
    assert_type(event.conversation, ums.Conversation)
    assert_type(event.conversation_id, str)
    match event:
        case ums.ConversationOpened() | ums.ConversationClosed():
            assert_type(event.conversation.stage, str)
        case ums.ConversationRemoved():
            assert_type(event.conversation.is_removed, bool)
        case ums.SkillChanged() | ums.GroupChanged() | ums.NoteChanged():
            assert_type(event.current, str | None)
        case ums.TtrChanged():
            assert_type(event.current, Ttr)
        case ums.ManualEttrChanged():
            assert_type(event.current, int | None)
        case ums.CsatChanged():
            assert_type(event.previous, Csat | None)
        case ums.DialogEvent():
            of_dialogs(event)
        case _:
            pass


def of_dialogs(event: ums.DialogEvent) -> None:
    assert_type(event.dialog, ums.Dialog)
    match event:
        case ums.DialogOpened() | ums.DialogClosed() | ums.BackToQueue():
            assert_type(event.dialog_id, str)
        case ums.TransferredToSkill():
            assert_type(event.skill_id, str | None)
        case ums.ParticipantEvent():
            of_participants(event)
        case _:
            pass


def of_participants(event: ums.ParticipantEvent) -> None:
    assert_type(event.participant, ums.Participant)
    match event:
        case ums.ParticipantAdded():
            assert_type(event.previously_suggested, bool)
        case ums.ConsumerSteppedUp():
            assert_type(event.previous_id, str)
        case ums.ParticipantRoleChanged():
            assert_type(event.previous, str)
        case ums.ParticipantRemoved() | ums.TransferredToAgent():
            pass
        case ums.ParticipantSuggested() | ums.ParticipantSuggestionWithdrawn():
            pass
        case _:
            pass


def where_they_go(proxy: ums.BrandConnectionProxy) -> None:
    def heard(event: ums.ConversationChanged) -> None:
        assert_type(event.live, ums.Conversation | None)

    assert_type(proxy.subscribe(heard, ums.ConversationChanged), ums.LoopFuture[str])
    assert_type(proxy.status().get().state == ums.State.READY, bool)
