<?php
// A receiver for the server that is built into PHP.
file_put_contents(getenv('RECORD'), file_get_contents('php://input') . "\n", FILE_APPEND | LOCK_EX);
http_response_code(200);
