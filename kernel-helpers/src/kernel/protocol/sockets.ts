/** Opens ZeroMQ sockets so that no message is ever lost in sending. */

import * as zmq from "zeromq";
import type { ConnectionInfo } from "./messages";
import { endpoint } from "./wire";

/**
 * zeromq.js does at most 512 sends in a row at once; later ones would become asynchronous and throw EBUSY, and a publisher
 * drops at its high-water mark. With no timeout sends are always done at once, and without a mark nothing is dropped.
 */
const KEEP_ALL = { linger: 1000, sendTimeout: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 };

/** A ROUTER socket bound to *port*: shell, control or stdin. */
export async function openRouter(connection: ConnectionInfo, port: number): Promise<zmq.Router> {
  const socket = new zmq.Router(KEEP_ALL);
  await socket.bind(endpoint(connection, port));
  return socket;
}

/** The IOPub socket. An XPUB, so that a new subscriber can be seen and greeted (`iopub_welcome`). */
export async function openPublisher(connection: ConnectionInfo): Promise<zmq.XPublisher> {
  const socket = new zmq.XPublisher({ ...KEEP_ALL, verbosity: "allSubs" });
  await socket.bind(endpoint(connection, connection.iopub_port));
  return socket;
}

/** Answers heartbeats until the socket, which is given back, is closed. */
export async function openHeartbeat(connection: ConnectionInfo): Promise<zmq.Reply> {
  const socket = new zmq.Reply({ linger: 0 });
  await socket.bind(endpoint(connection, connection.hb_port));
  void (async () => {
    for await (const frames of socket) await socket.send(frames);
  })();
  return socket;
}
