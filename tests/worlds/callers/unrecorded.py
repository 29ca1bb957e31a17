"""Clients that no recording can answer: one calls over gRPC, the other starts a program.

Their servers are part of the suite, and write what they tell into the file `TOLD`, a line an
answer: the provider, the model, input, output, and what of the input was cached.

Source: the protocol buffers of xai-sdk 1.21.0; `ResultMessage` of claude-agent-sdk 0.2.187.
"""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["TOLD", "UNRECORDED"]

TOLD = "told.jsonl"

_XAI = (
    COMMON
    + """
import json
from concurrent.futures import ThreadPoolExecutor

import grpc
import xai_sdk
from xai_sdk.chat import user
from xai_sdk.proto import chat_pb2, chat_pb2_grpc

class Servicer(chat_pb2_grpc.ChatServicer):
    def GetCompletion(self, request, context):
        output = chat_pb2.CompletionOutput(index=0)
        output.message.content, output.message.role = "hello", chat_pb2.ROLE_ASSISTANT
        return tell(request, chat_pb2.GetChatCompletionResponse, output)

    def GetCompletionChunk(self, request, context):
        output = chat_pb2.CompletionOutputChunk(index=0)
        output.delta.content, output.delta.role = "hello", chat_pb2.ROLE_ASSISTANT
        yield chat_pb2.GetChatCompletionChunk(id="c", model=request.model, outputs=[output])
        yield tell(request, chat_pb2.GetChatCompletionChunk, output)

def tell(request, kind, output):
    given = sum(len(part.text) for message in request.messages for part in message.content)
    with open("told.jsonl", "a") as file:
        print(json.dumps(["xai", request.model, given, 12, given // 2]), file=file)
    usage = {"prompt_tokens": given, "completion_tokens": 5, "reasoning_tokens": 7}
    usage |= {"total_tokens": given + 12, "cached_prompt_text_tokens": given // 2}
    return kind(id=f"c-{given}", model=request.model, outputs=[output], usage=usage)

@pytest.fixture
def client():
    server = grpc.server(ThreadPoolExecutor(4))
    chat_pb2_grpc.add_ChatServicer_to_server(Servicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield {"api_key": "any", "api_host": f"127.0.0.1:{port}", "use_insecure_channel": True}
    server.stop(None).wait()

def chat(client, count):
    return client.chat.create(model="grok-4-0709", messages=[user(words(count))])

def test_sync(client):
    assert chat(xai_sdk.Client(**client), 11).sample().usage

def test_sync_streamed(client):
    assert list(chat(xai_sdk.Client(**client), 12).stream())[-1][0].usage

def test_async(client):
    async def main():
        async with xai_sdk.AsyncClient(**client) as asked:
            return await chat(asked, 13).sample()
    assert asyncio.run(main()).usage

def test_async_streamed(client):
    async def main():
        async with xai_sdk.AsyncClient(**client) as asked:
            return await every(chat(asked, 14).stream())
    assert asyncio.run(main())[-1][0].usage
"""
)

_CLAUDE = (
    COMMON
    + '''
import sys

from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient, query

PROGRAM = """
import json, sys

MODEL = "claude-sonnet-4-5-20250929"
turns = given = made = 0
for line in sys.stdin:
    said = json.loads(line)
    if said["type"] == "control_request":
        answer = {"subtype": "success", "request_id": said["request_id"], "response": {}}
        print(json.dumps({"type": "control_response", "response": answer}), flush=True)
    elif said["type"] == "user":
        length = len(said["message"]["content"])
        turns, given, made = turns + 1, given + length, made + 9
        with open("told.jsonl", "a") as file:
            print(json.dumps(["anthropic", MODEL, length, 9, 0]), file=file)
        total = {"inputTokens": given, "outputTokens": made, "contextWindow": 200000}
        result = {"type": "result", "subtype": "success", "duration_ms": 1, "duration_api_ms": 1}
        result |= {"is_error": False, "num_turns": 1, "session_id": "s", "uuid": f"r-{turns}"}
        result |= {"usage": {"input_tokens": length, "output_tokens": 9}, "result": "done"}
        result |= {"modelUsage": {MODEL: total}}
        result |= {"total_cost_usd": (3 * given + 15 * made) / 1e6}
        print(json.dumps(result), flush=True)
"""

@pytest.fixture
def options(tmp_path):
    program = tmp_path / "claude"
    program.write_text(f"#!{sys.executable}\\n{PROGRAM}")
    program.chmod(0o755)
    return ClaudeAgentOptions(cli_path=str(program), cwd=os.getcwd())

def test_query(options):
    async def main():
        return await every(query(prompt=words(11), options=options))
    assert asyncio.run(main())[-1].usage

def test_conversation(options):
    async def main():
        async with ClaudeSDKClient(options) as client:
            for count in (12, 13):
                await client.query(words(count))
                assert (await every(client.receive_response()))[-1].usage
    asyncio.run(main())
'''
)

UNRECORDED = (
    Caller(
        name="xai-sdk",
        distribution="xai-sdk",
        module="xai_sdk",
        code=_XAI,
        recorded=False,
    ),
    Caller(
        name="claude-agent-sdk",
        distribution="claude-agent-sdk",
        module="claude_agent_sdk",
        code=_CLAUDE,
        calls={"test_conversation": 2},
        recorded=False,
    ),
)
