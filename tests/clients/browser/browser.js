'use strict';

// Debian's Chromium, and a web server for the pages of a test.

const { createServer } = require('node:http');
const { once } = require('node:events');
const { chromium } = require('playwright-core');

/** Starts Chromium. Every name below `attacker.example` leads to this machine, as after a rebinding. */
function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The emulator must hold without the help of newer browsers.
      '--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessRespectPreflightResults',
      '--host-resolver-rules=MAP *.attacker.example 127.0.0.1, MAP attacker.example 127.0.0.1',
    ],
  });
}

/** Serves a page, an empty one by default, on every path. Returns its port and how to stop it. */
async function startSite(page = '<!doctype html><title>a page</title>') {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, stop: () => server.close() };
}

module.exports = { startBrowser, startSite };
