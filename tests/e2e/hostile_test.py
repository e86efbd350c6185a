#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Servers that mean harm, or are merely broken, beside healthy ones: the loop keeps turning, memory
stays small and the healthy targets keep their schedule."""
import asyncio
import gzip
import logging
import os
import pathlib
import shutil
import tempfile
import threading
import time
import unittest

import support
from support import Daemon, free_port, wait_for

WATCHED_FOR = 20      # seconds in which looks are counted
HEALTHY = 5           # targets
HEALTHY_EVERY = 2     # seconds; the hostile ones are looked at every second
TURN_MAX = 0.25       # seconds of CPU time, in a debug build; the goal is 0.05, see what is printed
RESIDENT_MAX = 200e6  # bytes
if "BW_SANITIZED" in os.environ:
    RESIDENT_MAX = 800e6  # with AddressSanitizer's red zones, and 256 MB of what was freed
GZIP_BOMB = gzip.compress(bytes(64 << 20), 9)  # 64 MiB of zeros in 64 kB


class Hosts(threading.Thread):
    """Every server of the test, healthy and hostile, in one event loop; `port` of each by its name."""

    def __init__(self):
        super().__init__(daemon=True)
        self.port = {}
        self.names_port = 0
        self.is_up = threading.Event()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        self.stopping = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        servers = []
        for name in ("silent", "drip", "headers", "redirects", "bomb", "huge", "garbage", "half", "healthy"):
            server = await asyncio.start_server(self.guard(getattr(self, name)), "127.0.0.1", 0)
            self.port[name] = server.sockets[0].getsockname()[1]
            servers.append(server)
        transport, _ = await self.loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
        self.names_port = transport.get_extra_info("sockname")[1]
        self.is_up.set()
        await self.stopping.wait()
        for server in servers:
            server.close()
        transport.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.join(10)

    def guard(self, behave):
        async def handle(reader, writer):
            try:
                await asyncio.wait_for(behave(reader, writer), 30)
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()
        return handle

    @staticmethod
    async def send(writer, *parts):
        for part in parts:
            writer.write(part if isinstance(part, bytes) else part.encode())
        await writer.drain()

    async def silent(self, reader, _):
        while await reader.read(1000):
            pass  # and never answers

    async def drip(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await self.send(writer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            await self.send(writer, "x")
            await asyncio.sleep(1)  # the server's own pace, not a wait of the test

    async def headers(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await self.send(writer, "HTTP/1.1 200 OK\r\n")
        while True:
            await self.send(writer, *(f"X-Filler-{i}: {'a' * 1000}\r\n" for i in range(20)))

    async def redirects(self, reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split()[1].decode()
        await self.send(writer, f"HTTP/1.1 302 Found\r\nLocation: {path}x\r\nContent-Length: 0\r\n"
                                "Connection: close\r\n\r\n")

    async def bomb(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await self.send(writer, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
                                f"Content-Length: {len(GZIP_BOMB)}\r\n\r\n", GZIP_BOMB)

    async def huge(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await self.send(writer, f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {1 << 30}\r\n\r\n")
        block = b"<p>" + b"a" * 65533
        for _ in range((1 << 30) // len(block)):
            await self.send(writer, block)

    async def garbage(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = b"<html><title>\xff\xfe\xc0\x80</title>" + bytes(range(128, 256)) * 200
        await self.send(writer, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                                f"X-Note: ok\r\nContent-Length: {len(body)}\r\n\r\n", body)

    async def half(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await self.send(writer, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<html>")  # and hangs up

    async def healthy(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = "<html><title>Shop</title><h1>Add to bag</h1></html>"
        await self.send(writer, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                                f"Content-Length: {len(body)}\r\n\r\n{body}")


class Names(asyncio.DatagramProtocol):
    """A name server that knows every name as 127.0.0.1 and says nothing about lost.hartley.example."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, query, peer):
        if b"\x04lost" in query.lower():
            return
        end = query.index(b"\0", 12) + 5  # of the question
        kind = int.from_bytes(query[end - 4:end - 2], "big")
        answers = b"\xc0\x0c" + b"\0\1\0\1" + b"\0\0\0\0" + b"\0\4\x7f\0\0\1" if kind == 1 else b""
        head = query[:2] + b"\x84\0" + b"\0\1" + (b"\0\1" if answers else b"\0\0") + b"\0\0\0\0"
        self.transport.sendto(head + query[12:end] + answers, peer)


class Hostile(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bellwether-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.hosts = Hosts()
        self.hosts.start()
        self.hosts.is_up.wait(30)
        self.addCleanup(self.hosts.stop)
        self.daemon = Daemon(self.directory)
        self.addCleanup(self.daemon.stop)

    def config(self):
        hosts = self.hosts
        text = f"""
[net]
name_servers = ["127.0.0.1:{hosts.names_port}"]
[organisation]
name = "Hartley & Moor"
domain = "hartley.example"
[defaults]
interval = "1s"
deadline = "1s"
[[function]]
id = "browse"
[[target]]
id = "lost-name"
kind = "page"
function = "browse"
url = "http://lost.hartley.example:{hosts.port['healthy']}/"
[[target]]
id = "dead-name-server"
kind = "dns"
function = "browse"
host = "www.hartley.example"
server = "127.0.0.1:{free_port()}"
"""
        for name, port in hosts.port.items():
            for i in range(HEALTHY if name == "healthy" else 1):
                every = HEALTHY_EVERY if name == "healthy" else 1
                text += (f'[[target]]\nid = "{name}-{i}"\nkind = "page"\nfunction = "browse"\n'
                         f'url = "http://www.hartley.example:{port}/{i}"\n'
                         f'interval = "{every}s"\ndeadline = "{every}s"\n')
        return text

    def looks(self):
        return {one["id"]: one["looks"] for one in self.daemon.status()["targets"]}

    def test_the_loop_turns_and_the_healthy_keep_their_schedule_beside_hostile_servers(self):
        self.daemon.write(self.config())
        self.daemon.start()
        wait_for(lambda: f"everything has been looked at: {self.looks()}",
                 lambda: self.looks() and all(self.looks().values()), 60)
        first = self.looks()
        began = time.monotonic()
        resident = 0
        while time.monotonic() - began < WATCHED_FOR:
            resident = max(resident, self.daemon.metric("process_resident_memory_bytes") or 0)
            time.sleep(support.POLL)
        passed = time.monotonic() - began
        counted = {name: count - first[name] for name, count in self.looks().items()}
        turn = self.daemon.metric("bellwether_loop_longest_turn_seconds")
        turn_cpu = self.daemon.metric("bellwether_loop_longest_turn_cpu_seconds")
        print(f"    {passed:.1f} s: longest turn {turn:.3f} s by the clock, {turn_cpu} s of CPU, "
              f"resident {resident / 1e6:.0f} MB, looks {counted}", flush=True)

        self.assertTrue(self.daemon.program.is_running())
        outcomes = {one["id"]: one["latest"]["outcome"] for one in self.daemon.status()["targets"]}
        for name, outcome in outcomes.items():
            if name.startswith("healthy"):
                self.assertIn(outcome, ("ok", "degraded"), name)
                self.assertGreaterEqual(counted[name], int(0.7 * passed / HEALTHY_EVERY), name)
        # A page that is cut at the limit is judged by what came: huge is well, nothing more was asked.
        for name in ("silent-0", "drip-0", "headers-0", "redirects-0", "half-0", "lost-name", "dead-name-server"):
            self.assertNotEqual(outcomes[name], "ok", name)
            self.assertGreaterEqual(counted[name], 3, name)
        self.assertLess(resident, RESIDENT_MAX)
        self.assertLess(turn_cpu, TURN_MAX)


if __name__ == "__main__":
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # not a line for each client that hangs up
    support.main()
