// A receiver with the http module of Node.
'use strict';

const fs = require('node:fs');
const http = require('node:http');

http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    fs.appendFileSync(process.env.RECORD, `${Buffer.concat(chunks)}\n`);
    response.end('received');
  });
}).listen(process.env.PORT, '127.0.0.1');
