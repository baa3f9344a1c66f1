// A receiver with Express.
'use strict';

const fs = require('node:fs');
const express = require('express');

const app = express();
app.post('/webhooks', express.text({ type: 'application/json' }), (request, response) => {
  fs.appendFileSync(process.env.RECORD, `${request.body}\n`);
  response.json({ received: true });
});
app.listen(process.env.PORT, '127.0.0.1');
