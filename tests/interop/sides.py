"""Re-enacts lp-messaging-sdk 1.5.4 in its order of calls.

That client is in no registry, so it cannot be run here.
"""

from __future__ import annotations

from ums_interop_reference import Reference  # conftest.py has loaded it

from ums_actors.emulator import password_of

BRAND = {
    "GetClock": ".GetClock",
    "GetUserProfile": ".ams.userprofile.GetUserProfile",
    "SetAgentState": ".ams.routing.SetAgentState",
    "SubscribeRoutingTasks": ".ams.routing.SubscribeRoutingTasks",
    "UpdateRingState": ".ams.routing.UpdateRingState",
    "Subscribe": ".ams.aam.SubscribeExConversations",
    "Unsubscribe": ".ams.aam.UnsubscribeExConversations",
    "Update": ".ams.cm.UpdateConversationField",
    "Publish": ".ams.ms.PublishEvent",
    "QueryMessages": ".ams.ms.QueryMessages",
    "Changes": ".ams.aam.ExConversationChangeNotification",
    "Events": ".ams.ms.OnlineEventDistribution",
    "Rings": ".ams.routing.RoutingTaskNotification",
}
CONSUMER = {
    "GetUserProfile": "userprofile.GetUserProfile",
    "SetUserProfile": "userprofile.SetUserProfile",
    "Subscribe": "cqm.SubscribeExConversations",
    "Unsubscribe": "cqm.UnsubscribeExConversations",
    "Update": "cm.UpdateConversationField",
    "Publish": "ms.PublishEvent",
    "RequestConversation": "cm.ConsumerRequestConversation",
    "SubscribeMessages": "ms.SubscribeMessagingEvents",
    "Changes": "cqm.ExConversationChangeNotification",
    "Events": "ms.MessagingEventNotification",
}


class Brand(Reference):
    """The brand side."""

    def __init__(self, emulator, name, judge):
        super().__init__(emulator, judge, BRAND)
        self.name = name
        self.login = {}

    @property
    def agent_id(self):
        return f"{self.account}.{self.login['config']['userId']}"

    @property
    def pid(self):
        return self.login["config"]["userPid"]

    async def log_in(self, password=None):
        host = await self.domain("agentVep")
        proof = {"username": self.name, "password": password or password_of(self.name)}
        self.login = await self.post(host, "login?v=1.3", proof)

    async def refresh(self):
        host = await self.domain("agentVep")
        cookie = f"session_id={self.login['sessionId']};"
        body = {"csrf": self.login["csrf"]}
        await self.post(host, "refresh?v=1.3", body, Cookie=cookie)

    async def connect(self):
        host = await self.domain("facadeMsg")
        await self.dial(host, f"messaging/brand/{self.login['bearer']}?v=2.1")

    async def open(self):
        """Go through all that happens until the client says ``connect``."""
        await self.log_in()
        await self.connect()
        await self.send("GetUserProfile", {"userId": self.agent_id})
        self.subscription, self.snapshot = await self.subscribe({"stage": ["OPEN"]})

    def participant(self, kind, role):
        """Give the field that changes this agent's part."""
        member = {"field": "ParticipantsChange", "userId": self.agent_id}
        return {**member, "role": role, "type": kind}


class Consumer(Reference):
    """The consumer side."""

    def __init__(self, emulator, judge):
        super().__init__(emulator, judge, CONSUMER)
        self.jwt = ""

    async def sign_up(self):
        host = await self.domain("idp")
        self.jwt = (await self.post(host, "signup"))["jwt"]

    async def connect(self):
        host = await self.domain("asyncMessagingEnt")
        await self.dial(host, "messaging/consumer?v=3")

    async def init(self):
        """Say who this is: in a request, not in a header of the handshake."""
        who = {"type": ".ams.headers.ConsumerAuthentication", "jwt": self.jwt}
        properties = {"type": ".ams.headers.ClientProperties", "appId": None}
        properties |= {"deviceFamily": "DESKTOP", "os": None, "features": None}
        return await self.send("InitConnection", {}, headers=[who, properties])

    async def open(self):
        """Go through all that happens until the client says ``connect``."""
        await self.sign_up()
        await self.reopen()

    async def reopen(self):
        """Connect with the identity that it has."""
        await self.connect()
        await self.init()
        query = {"stage": ["OPEN", "CLOSE"]}
        self.subscription, self.snapshot = await self.subscribe(query)
        self.user_id = (await self.send("GetUserProfile", {}))["userId"]

    async def request_conversation(self):
        """Ask for a conversation as ``createConversation`` does; give its id."""
        context = {"clientProperties": {}, "type": "CustomContext"}
        context |= {"name": "lp-messaging-sdk", "description": "a new conversation"}
        body = {"ttrDefName": "NORMAL", "channelType": "MESSAGING", "skillId": None}
        body |= {"conversationContext": context, "campaignInfo": None}
        return (await self.send("RequestConversation", body))["conversationId"]

    async def follow(self, conversation):
        """Subscribe to the messages; give the records of the first notification."""
        start = len(self.arrivals)
        body = {"conversationId": conversation, "dialogId": conversation}
        await self.send("SubscribeMessages", {**body, "fromSeq": 0})
        place = await self.place(
            lambda frame: frame["type"] == self._names["Events"], start
        )
        return self.arrivals[place][1]["body"]["changes"]
