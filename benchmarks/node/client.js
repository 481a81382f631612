// A contestant in Node, on the ws package: one command a line in, one JSON line out.
//
// node client.js: as benchmarks/worker.py. A map of promises' resolvers, one promise a
// request; compression off, as for all contestants.
"use strict";

const readline = require("readline");
const { performance } = require("perf_hooks");
const WebSocket = require("ws");

const BODY = {
  conversationId: "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
  dialogId: "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
  event: { type: "ContentEvent", contentType: "text/plain", message: "hello there" },
};
const TYPE = ".ams.ms.PublishEvent";
const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];
const AT_ONCE = 32;
const DEADLINE = 30000;
const WINDOWS = 4; // full ones that a slice has at least

let url, ca;

class Line {
  constructor() {
    this.pending = new Map();
    this.ids = 0;
  }

  open() {
    return new Promise((resolve, reject) => {
      this.socket = new WebSocket(url, {
        ca,
        perMessageDeflate: false,
        handshakeTimeout: DEADLINE,
      });
      this.ended = new Promise((end) => this.socket.once("close", end));
      this.socket.once("open", resolve);
      this.socket.on("error", reject);
      this.socket.on("message", (data) => {
        const answer = JSON.parse(data.toString());
        if (answer.reqId === undefined) return;
        const take = this.pending.get(answer.reqId);
        this.pending.delete(answer.reqId);
        take(answer.body);
      });
    });
  }

  ask(type, body) {
    const id = String(this.ids++);
    this.socket.send(JSON.stringify({ kind: "req", id, type, body }));
    return new Promise((resolve) => this.pending.set(id, resolve));
  }

  request() {
    return this.ask(TYPE, BODY);
  }

  close() {
    this.socket.close(1000);
    return this.ended;
  }
}

const lines = [];

async function connect(connections) {
  for (let start = 0; start < connections; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, connections - start);
    const more = Array.from({ length: count }, () => new Line());
    await Promise.all(more.map((line) => line.open()));
    lines.push(...more);
  }
  const body = await lines[0].request();
  if (JSON.stringify(body) !== '{"sequence":1}') {
    throw new Error(`the answer was ${JSON.stringify(body)}`);
  }
}

async function run(inFlight, seconds) {
  const latencies = [];
  const until = performance.now() + seconds * 1000;
  const least = (WINDOWS - 1) * inFlight;
  async function one(line) {
    let began = performance.now();
    for (;;) {
      await line.request();
      const ended = performance.now();
      latencies.push(ended - began);
      if (ended >= until && latencies.length > least) return;
      began = ended;
    }
  }
  const all = [];
  for (let i = 0; i < inFlight; i++) all.push(one(lines[i % lines.length]));
  await Promise.all(all);
  return latencies;
}

async function spent(work) {
  const before = process.cpuUsage();
  const began = performance.now();
  const found = await work();
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(before);
  return [found, { seconds, cpu: (used.user + used.system) / 1e6 }];
}

async function measured(command) {
  const [latencies, used] = await spent(() => run(command.in_flight, command.seconds));
  latencies.sort((a, b) => a - b);
  const count = latencies.length;
  const at = (part) => latencies[Math.min(count - 1, Math.floor(count * part))] / 1000;
  return { ...used, requests: count, quantiles: QUANTILES.map(at) };
}

async function hear(command) {
  let floods = 0;
  const [, used] = await spent(async () => {
    const until = performance.now() + command.seconds * 1000;
    do {
      await lines[0].ask(".bench.Flood", { frames: command.frames, size: command.size });
      floods++;
    } while (performance.now() < until);
  });
  return { ...used, frames: floods * command.frames };
}

async function grow(command) {
  if (global.gc) global.gc();
  const before = process.memoryUsage().rss;
  const [, used] = await spent(() => connect(command.connections));
  if (global.gc) global.gc();
  const memory = process.memoryUsage().rss - before;
  return { ...used, memory: memory / command.connections, threads: 0 };
}

async function obey(command) {
  switch (command.do) {
    case "connect":
      ca = command.ca || undefined;
      url =
        `${ca ? "wss" : "ws"}://127.0.0.1:${command.port}` +
        "/ws_api/account/acc/messaging/brand/token?v=2.1";
      await connect(command.connections);
      return {};
    case "run":
      return measured(command);
    case "hear":
      return hear(command);
    case "grow":
      return grow(command);
    case "close":
      await Promise.all(lines.map((line) => line.close()));
      return {};
    default:
      throw new Error(`unknown command ${command.do}`);
  }
}

async function main() {
  for await (const text of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(text);
    try {
      console.log(JSON.stringify(await obey(command)));
    } catch (error) {
      console.log(JSON.stringify({ error: String(error) }));
      process.exit(1);
    }
    if (command.do === "close") break;
  }
  process.exit(0);
}

main();
