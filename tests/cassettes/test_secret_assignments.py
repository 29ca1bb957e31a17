"""Passwords under their name in a text: what is taken out, and what looks like it and stays."""

from __future__ import annotations

import json

import pytest

from pytest_specbudget.cassettes.scrub import scrubbed_body

SECRETS = [
    ("DB_PASSWORD=correcthorse9", "correcthorse9"),
    ("DB_PASSWORD=correcthorse", "correcthorse"),
    ("SECRET_TOKEN='zebra-umbrella-11'", "zebra-umbrella-11"),
    ('PASSWORD="correct horse battery"', "correct horse battery"),
    ("export API_TOKEN=abcdef", "abcdef"),
    ("DB_PASSWORD=x123{zebra}", "x123{zebra}"),
    ("the password is: v8engine99", "v8engine99"),
    ("curl -s -u admin:letmein https://x.example", "letmein"),
    ("SLACK_SECRET=zebra", "zebra"),
    ("DJANGO_SECRET_KEY=umbrella-horse", "umbrella-horse"),
    ("docker run -e MYSQL_ROOT_PASSWORD=zebra mysql", "zebra"),
    ("POSTGRES_PASSWORD: correcthorse", "correcthorse"),
    ("API_KEY: zebra99umbrella", "zebra99umbrella"),
    ("api key: zebra99umbrella", "zebra99umbrella"),
    ('AUTH_TOKEN := "zebra-umbrella"', "zebra-umbrella"),
    ("password: swordfish77", "swordfish77"),
    ("**Password**: zebra99x", "zebra99x"),
    ("Password: hunter2pass!", "hunter2pass"),
    ("my pw is hunter2pass", "hunter2pass"),
    ("the password was Tr0ub4dor&3.", "Tr0ub4dor&3"),
    ("password = 'hunter2pass'", "hunter2pass"),
    ("os.environ['DB_PASSWORD'] = 'zebra99'", "zebra99"),
    ("{'password': 'hunter22'}", "hunter22"),
    ("spring.datasource.password=zebra77x", "zebra77x"),
    ("mysql --password=letmein42", "letmein42"),
    ("the server (pw: swordfish77) is down", "swordfish77"),
    ("curl -u admin:letmein42 https://x.example", "letmein42"),
    ("curl --user 'me:secretly9' https://x.example", "secretly9"),
]
HARMLESS = [
    "password = input()",
    "token = tokens[0]",
    "token := scanner.Next()",
    "password = getpass.getpass()",
    "password = os.environ['X']",
    "password = models.CharField(max_length=128)",
    "const password = user.password;",
    "const [password, setPassword] = useState('')",
    "self.password = password",
    "password = password2",
    "password == 'x123456'",
    "PASSWORD = DEFAULT_PASSWORD",
    "PASSWORD=$PASSWORD",
    "PASSWORD=${DB_PASSWORD}",
    "ENV_API_KEY = 'ACME_API_KEY'",
    "f(password=password, token=token1)",
    'f"token={token}"',
    "max_tokens=4096",
    "MAX_TOKEN=4096",
    "next_token=abc123def",
    "eos_token='</s>'",
    "key = 'user_id_2024'",
    "password: str",
    "password: Base64Str",
    "def f(password: str = None, token: UUID4) -> None",
    "private_key: Ed25519PrivateKey",
    "password: {type: string}",
    "password: <your password>",
    "PASSWORD=<your password>",
    "API_KEY=your-api-key",
    "password: changeme",
    "password=None",
    "password=%s",
    "Password: at least 8 characters",
    "the password is required",
    "the password is 8 characters long",
    "the password is sha256-hashed",
    "Secret: the ingredients",
    "arn:aws:secretsmanager:eu-west-1::secret:MyDatabase-a1b2c3",
    "token: https://example.com/rfc6750",
    "docker run -u 1000:1000 image",
    "chown -u root:wheel file",
    "PASSWORD=config.password",
    "PASSWORD=getenv('PASSWORD')",
    "git push -u origin main:main",
]


def prompts(text: str) -> list[bytes]:
    """Write *text* into requests: as it is, among lines, and in JSON that is quoted again."""
    among = f"look at this:\n{text}\nthanks"
    inner = json.dumps({"arguments": among})
    asked = (text, among, f"a: {text}", inner)
    return [json.dumps({"messages": [{"role": "user", "content": one}]}).encode() for one in asked]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_password_under_its_name_is_taken_out_and_nothing_else(text: str, secret: str) -> None:
    for prompt in prompts(text):
        kept = scrubbed_body(prompt)

        assert kept == prompt.replace(secret.encode(), b"REDACTED")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    for prompt in prompts(text):
        assert scrubbed_body(prompt) == prompt


def test_what_was_scrubbed_stays_as_it_is() -> None:
    once = [scrubbed_body(prompt) for text, _ in SECRETS for prompt in prompts(text)]

    assert [scrubbed_body(body) for body in once] == once


def test_names_without_values_before_the_end_of_a_text_harm_nothing() -> None:
    body = b'{"messages":[{"content":"PASSWORD="},{"content":"my password is "}],"pw":"user1234"}'

    assert scrubbed_body(body) == body
