"""A client of the Language Server Protocol 3.17, as small as a test needs it: JSON-RPC over the pipes of a program."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENCE = 60
"""Seconds that a server may take to answer on a busy machine."""


class Client:
    """A language server for YAML, started, and the documents that are open in it."""

    def __init__(self, command: Sequence[str | Path], settings: dict[str, Any]) -> None:
        self._settings = settings
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._answers: dict[int, queue.Queue[Any]] = {}
        self._diagnostics: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {
            "textDocument": {
                "hover": {"contentFormat": ["plaintext", "markdown"]},
                "completion": {"completionItem": {"documentationFormat": ["plaintext", "markdown"]}},
            },
            "workspace": {"configuration": True},
        }
        self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities})
        self.tell("initialized", {})

    def ask(self, method: str, parameters: Any) -> Any:
        """Send a request and return its result."""
        number = len(self._answers) + 1
        self._answers[number] = queue.Queue()
        self._send({"id": number, "method": method, "params": parameters})
        answer = self._answers[number].get(timeout=PATIENCE)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def tell(self, method: str, parameters: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": parameters})

    def open(self, path: Path) -> list[dict[str, Any]]:
        """Open a file and return what is wrong in it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text(encoding="utf-8")}
        self.tell("textDocument/didOpen", {"textDocument": document})
        while True:
            told = self._diagnostics.get(timeout=PATIENCE)
            if told["uri"] == path.as_uri():
                return list(told["diagnostics"])

    def hover(self, path: Path, line: int, column: int) -> str:
        """Return what is shown for a place; lines and columns count from 0."""
        found = self.ask("textDocument/hover", _place(path, line, column))
        if found is None:
            return ""
        contents = found["contents"]
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def complete(self, path: Path, line: int, column: int) -> dict[str, str]:
        """Return what could stand at a place, each with what it is."""
        found = self.ask("textDocument/completion", _place(path, line, column))
        items = found["items"] if isinstance(found, dict) else found or []
        return {str(item["label"]): str(_text(item.get("documentation"))) for item in items}

    def stop(self) -> None:
        """End the server."""
        self._server.kill()
        self._server.wait()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _listen(self) -> None:
        stream = self._server.stdout
        assert stream is not None
        while True:
            length = 0
            while (header := stream.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method is None:
            self._answers[message["id"]].put(message)
        elif method == "textDocument/publishDiagnostics":
            self._diagnostics.put(message["params"])
        elif "id" in message:  # the server asks: for settings, or to register something
            asked = message["params"].get("items", []) if method == "workspace/configuration" else None
            result = None if asked is None else [self._settings.get(one["section"]) for one in asked]
            self._send({"id": message["id"], "result": result})


def _place(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}


def _text(documentation: Any) -> str:
    if isinstance(documentation, dict):
        return str(documentation["value"])
    return documentation or ""
