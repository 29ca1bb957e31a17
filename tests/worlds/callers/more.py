"""Clients of other makers, which call in ways of their own.

dspy writes HTTP to sockets by itself (it carries a copy of lm15), and google-generativeai calls
over gRPC, so no cassette records them.
"""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["MORE"]

_DSPY = (
    COMMON
    + """
from concurrent.futures import ThreadPoolExecutor

os.environ["DSPY_CACHEDIR"] = os.getcwd()
import dspy

EACH = pytest.mark.parametrize("name, path", [
    ("openai/gpt-4o-mini", "/v1"), ("anthropic/claude-haiku-4-5", ""),
], ids=["gpt", "claude"])

def model(name, path):
    return dspy.LM(name, api_key="any", api_base=URL + path, cache=False, num_retries=0)

@EACH
def test_sync(name, path):
    assert model(name, path)(words(11))

@EACH
def test_async(name, path):
    assert asyncio.run(model(name, path).acall(words(12)))

def test_threads():
    asked = model("openai/gpt-4o-mini", "/v1")
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(asked, [words(13), words(14)]))
"""
)

_INSTRUCTOR = (
    COMMON
    + """
import anthropic
import instructor
import openai
from pydantic import BaseModel

class Name(BaseModel):
    name: str

def tried(ask, client, **more):
    with pytest.raises(Exception, match="(?i)retr|valid|tool|json"):
        return ask(client, response_model=Name, max_retries=1, **more)

def test_answers_that_do_not_fit_are_asked_for_again():
    client = instructor.from_openai(
        openai.OpenAI(api_key="any", base_url=URL + "/v1"), mode=instructor.Mode.JSON
    )
    tried(lambda it, **more: it.chat.completions.create(**more), client,
          model="gpt-4o-mini", messages=user(11))

def test_async():
    client = instructor.from_anthropic(anthropic.AsyncAnthropic(api_key="any", base_url=URL))
    tried(lambda it, **more: asyncio.run(it.messages.create(**more)), client,
          model="claude-haiku-4-5", max_tokens=99, messages=user(12))
"""
)

_TOGETHER = (
    COMMON
    + """
import together

def asks(count):
    return {"model": "gpt-4o-mini", "messages": user(count)}

def test_sync():
    client = together.Together(api_key="any", base_url=URL + "/v1")
    assert client.chat.completions.create(**asks(11)).usage

def test_async():
    async def main():
        client = together.AsyncTogether(api_key="any", base_url=URL + "/v1")
        return await client.chat.completions.create(**asks(12))
    assert asyncio.run(main()).usage
"""
)

_AZURE = (
    COMMON
    + """
from azure.ai.inference import ChatCompletionsClient
from azure.core.credentials import AzureKeyCredential

def client():
    return ChatCompletionsClient(endpoint=URL, credential=AzureKeyCredential("any"))

def test_sync():
    assert client().complete(messages=user(11), model="gpt-4o-mini").usage

def test_sync_streamed():
    usage = {"stream_options": {"include_usage": True}}
    assert list(client().complete(
        messages=user(12), model="gpt-4o-mini", stream=True, model_extras=usage
    ))
"""
)

_GOOGLE = (
    COMMON
    + """
import json
from concurrent.futures import ThreadPoolExecutor

import google.generativeai as genai
import grpc
from google.ai import generativelanguage as proto
from google.ai.generativelanguage_v1beta.services.generative_service import transports
from google.generativeai import client

SERVICE = "/google.ai.generativelanguage.v1beta.GenerativeService/"
MODEL = "gemini-2.5-flash"

def answer(asked, *, told):
    given = sum(len(part.text) for content in asked.contents for part in content.parts)
    usage = {"prompt_token_count": given, "candidates_token_count": 5}
    if told:
        with open("told.jsonl", "a") as file:
            print(json.dumps(["google", MODEL, given, 5, 0]), file=file)
    said = {"content": {"role": "model", "parts": [{"text": "hello"}]}}
    return proto.GenerateContentResponse(
        candidates=[said | ({"finish_reason": "STOP"} if told else {})],
        usage_metadata=usage if told else None, model_version=MODEL,
    )

def whole(asked, context):
    return answer(asked, told=True)

def pieces(asked, context):
    yield answer(asked, told=False)
    yield answer(asked, told=True)

class Service(grpc.GenericRpcHandler):
    def service(self, call):
        handlers = {
            SERVICE + "GenerateContent": (grpc.unary_unary_rpc_method_handler, whole),
            SERVICE + "StreamGenerateContent": (grpc.unary_stream_rpc_method_handler, pieces),
        }
        make, handle = handlers[call.method]
        return make(
            handle,
            request_deserializer=proto.GenerateContentRequest.deserialize,
            response_serializer=proto.GenerateContentResponse.serialize,
        )

@pytest.fixture
def address():
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((Service(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()

@pytest.fixture
def model(address, monkeypatch):
    transport = transports.GenerativeServiceGrpcTransport(channel=grpc.insecure_channel(address))
    service = proto.GenerativeServiceClient(transport=transport)
    monkeypatch.setitem(client._client_manager.clients, "generative", service)
    return genai.GenerativeModel(MODEL)

def asynchronous(address):
    channel = grpc.aio.insecure_channel(address)
    transport = transports.GenerativeServiceGrpcAsyncIOTransport(channel=channel)
    model = genai.GenerativeModel(MODEL)
    model._async_client = proto.GenerativeServiceAsyncClient(transport=transport)
    return model

def test_sync(model):
    assert model.generate_content(words(11)).usage_metadata

def test_sync_streamed(model):
    assert list(model.generate_content(words(12), stream=True))

def test_async(address):
    async def main():
        return await asynchronous(address).generate_content_async(words(13))
    assert asyncio.run(main()).usage_metadata

def test_async_streamed(address):
    async def main():
        stream = await asynchronous(address).generate_content_async(words(14), stream=True)
        return await every(stream)
    assert asyncio.run(main())
"""
)

MORE = (
    Caller(
        name="dspy",
        distribution="dspy",
        module="dspy",
        code=_DSPY,
        calls={"test_threads": 2},
        recorded=False,
    ),
    Caller(
        name="instructor",
        distribution="instructor",
        module="instructor",
        code=_INSTRUCTOR,
        calls={"test_answers_that_do_not_fit_are_asked_for_again": 2, "test_async": 2},
    ),
    Caller(name="together", distribution="together", module="together", code=_TOGETHER),
    Caller(
        name="azure-ai-inference",
        distribution="azure-ai-inference",
        module="azure.ai.inference",
        code=_AZURE,
    ),
    Caller(
        name="google-generativeai over gRPC",
        distribution="google-generativeai",
        module="google.generativeai",
        code=_GOOGLE,
        recorded=False,
    ),
)
