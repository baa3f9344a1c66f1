'use strict';

// Belvo's errors: a status and an array of problems that share a request id.

const assert = require('node:assert/strict');

const { default: RequestError } = require('belvo/lib/exceptions');

/** The SDK refuses a request with this status and exactly these problems; returns the request id. */
async function assertRefused(request, status, ...expected) {
  const error = await request.then(
    () => assert.fail('the request was accepted'),
    (reason) => reason
  );
  assert.ok(error instanceof RequestError, error);
  assert.equal(error.statusCode, status);
  return assertProblems(error.detail, ...expected);
}

function assertProblems(problems, ...expected) {
  const [{ request_id: requestId }] = problems;
  assert.match(requestId, /^[0-9a-f]{32}$/);
  assert.deepEqual(
    problems,
    expected.map((problem) => ({ ...problem, request_id: requestId }))
  );
  return requestId;
}

module.exports = { assertProblems, assertRefused };
