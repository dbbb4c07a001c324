"""The owner of one service's client and of the providers that use it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date

from voicegui.core.errors import ErrorCode, VoiceError
from voicegui.core.events import Noticed
from voicegui.core.keys import Keys
from voicegui.core.ports import LoadingProgress
from voicegui.core.wording import sentence, shown, shown_plural

from .chat.language_model import OpenAILanguageModel, passed_over
from .client import OpenAIClient, Timeouts
from .errors import translated
from .models import ModelList, ModelUse, RemoteModel, choose, refuse_if_shut_down, usable, warn_within
from .refusals import not_offered
from .retry import RetryPolicy
from .service import ServiceConfig, Stage
from .speech import OpenAITextToSpeech
from .transcription import OpenAISpeechToText

log = logging.getLogger(__name__)

_NO_LIST = (ErrorCode.NOT_OFFERED, ErrorCode.NO_PERMISSION, ErrorCode.BAD_ANSWER, ErrorCode.MODEL_UNKNOWN)
"""A server without a list, or a key that may not read it, can still talk."""


class OpenAIEngine:
    """Fills `core.ports.Engine`. The constructor only remembers; the providers may be made before `start`.

    `keys` is asked for the service's key if the service does not carry one. `tell` hears, once each, what the server
    lacks and which chosen model ends soon.
    """

    def __init__(
        self,
        service: ServiceConfig,
        *,
        keys: Keys | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        tell: Callable[[Noticed], None] = lambda noticed: None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.client = OpenAIClient(service, timeouts=timeouts)
        self.client.on_loading = self._say
        self.models = ModelList(self.client, retry=retry)
        self._keys = keys
        self._retry = retry
        self._tell = tell
        self._today = today
        self._providers: list[tuple[Stage, OpenAISpeechToText | OpenAILanguageModel | OpenAITextToSpeech]] = []
        self._expected: list[tuple[Stage, str]] = []

    def stt(
        self, model: str = "", *, languages: Sequence[str] = (), keywords: Sequence[str] = ()
    ) -> OpenAISpeechToText:
        """Raises VoiceError(NOT_OFFERED)."""
        model = self._model(Stage.STT, model)
        stt = OpenAISpeechToText(
            self.client, model, languages=languages, keywords=keywords, retry=self._retry, tell=self._say
        )
        self._providers.append((Stage.STT, stt))
        return stt

    def llm(self, model: str = "") -> OpenAILanguageModel:
        """Raises VoiceError(NOT_OFFERED)."""
        llm = OpenAILanguageModel(self.client, self._model(Stage.LLM, model), retry=self._retry, tell=self._say)
        self._providers.append((Stage.LLM, llm))
        return llm

    def tts(
        self, model: str = "", *, voice: str = "", instructions: str = "", speed: float = 1.0
    ) -> OpenAITextToSpeech:
        """Raises VoiceError(NOT_OFFERED)."""
        model = self._model(Stage.TTS, model)
        tts = OpenAITextToSpeech(
            self.client,
            model,
            voice=voice,
            instructions=instructions,
            speed=speed,
            retry=self._retry,
            tell=self._say,
        )
        self._providers.append((Stage.TTS, tts))
        return tts

    def expect(self, stage: Stage, model: str) -> None:
        """`start` checks this model too: somebody else talks to it over this client."""
        self._expected.append((stage, model))

    def _say(self, message: str) -> None:
        self._tell(Noticed(message))

    def _model(self, stage: Stage, model: str) -> str:
        if stage not in self.client.service.stages:
            raise not_offered(self.client.asked(stage))
        return model or self.client.service.model(stage)

    # ------------------------------------------------------------ life

    async def start(self, progress: Callable[[LoadingProgress], None]) -> None:
        """Finds the key, connects, and checks that the chosen models still live.

        Raises VoiceError, among others NO_KEY, WRONG_KEY, OFFLINE and MODEL_SHUT_DOWN; may be called again after that.
        """
        progress(LoadingProgress(shown("Connecting to {service}", service=self.client.service.label)))
        await self._find_key()
        await self.client.start()
        _, models = await asyncio.gather(self.client.prepare(), self._list())
        for stage, provider in self._providers:
            chosen = bool(provider.model)
            provider.model = provider.model or self._first(models, stage)
            if isinstance(provider, OpenAILanguageModel):
                provider.others = [] if chosen else self._others(models, provider.model)
                provider.use_context(next((model.context for model in models if model.id == provider.model), 0))
        for stage, id in [*((stage, provider.model) for stage, provider in self._providers), *self._expected]:
            self._check(models, stage, id)

    async def aclose(self) -> None:
        await self.client.aclose()

    async def _find_key(self) -> None:
        service = self.client.service
        if service.key is None and self._keys is not None:
            key = await self._keys.get(service.name)
            if key is not None:
                self.client.use_key(key)

    async def _list(self) -> Sequence[RemoteModel]:
        try:
            return await self.models.get()
        except VoiceError as error:
            if error.code not in _NO_LIST:
                raise
            log.info("%s: no list of models (%s)", self.client.service.name, error.code)
            return ()

    def _first(self, models: Sequence[RemoteModel], stage: Stage) -> str:
        model = choose(models, ModelUse(stage), self._today())
        if not model:
            what = sentence("{service} lists no model for this. Enter the model's name in the settings.")
            raise VoiceError(ErrorCode.MODEL_UNKNOWN, self.client.asked(stage).fill(what))
        return model

    def _others(self, models: Sequence[RemoteModel], first: str) -> list[str]:
        """What may be tried if the first model for talk turns out to be none; tells if one was passed over."""
        passed = next((model for model in models if model.role is ModelUse.OTHER), None)
        if passed is not None and passed is models[0]:
            self._say(passed_over(passed.id, self.client.service, first))
        return [id for id in usable(models, ModelUse.LLM, self._today()) if id != first]

    def _check(self, models: Sequence[RemoteModel], stage: Stage, id: str) -> None:
        refuse_if_shut_down(models, id, self._today(), self.client.asked(stage, id))
        listed = {model.id: model for model in models}
        if id in listed and (warning := warn_within(listed[id], self._today())):
            after = listed[id].successor
            successor = f"{self.client.service.name}:{after}" if after in listed else ""
            self._tell(Noticed(warning, stage, successor))

    # ------------------------------------------------------------ the settings' dialog

    async def check_key(self) -> str:
        """Asks for the models and, where the service has a usual one, for one token: an empty account is noticed too.

        Returns a sentence. Raises VoiceError.
        """
        await self._find_key()
        await self.client.start()
        models = await self._list_or_refuse()
        label = self.client.service.label
        if self.client.service.llm_model:
            await self._ask_one_token(self.client.service.llm_model)
            return shown("The key works: {service} answered.", service=label)
        return shown_plural(
            "The key works: {service} offers {count} model.",
            "The key works: {service} offers {count} models.",
            len(models),
            service=label,
        )

    async def list_models(self) -> Sequence[RemoteModel]:
        """Asks again. Raises VoiceError."""
        await self._find_key()
        await self.client.start()
        return await self.models.get(refresh=True)

    async def _list_or_refuse(self) -> Sequence[RemoteModel]:
        """A restricted key may not list models and still talk; without a usual model nothing else can be asked."""
        try:
            return await self.models.get(refresh=True)
        except VoiceError as error:
            if error.code is not ErrorCode.NO_PERMISSION or not self.client.service.llm_model:
                raise
            return ()

    async def _ask_one_token(self, model: str) -> None:
        limit: dict[str, object] = {self.client.service.max_tokens_name: 16}
        body: dict[str, object] = {"model": model, "messages": [{"role": "user", "content": "Hi"}], **limit}

        async def ask() -> None:
            with translated(self.client.asked(Stage.LLM, model)):
                async with self.client.ask(Stage.LLM, "/chat/completions", body=body) as response:
                    await response.read()

        await self.client.call(ask)
