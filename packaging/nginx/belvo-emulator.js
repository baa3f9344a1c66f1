// Finds the keys of a request, as the header of Basic authentication writes them.

// The emulator prefers the keys in the body of this call, and so does this.
const CREATES_TOKEN = /^\/+api\/+token\/*$/;

function keys(r) {
    return keys_of_body(r) || keys_of_header(r);
}

function keys_of_header(r) {
    const basic = /^basic +([^ ]+) *$/i.exec(r.headersIn.Authorization || '');
    return basic ? basic[1] : '';
}

function keys_of_body(r) {
    if (r.method !== 'POST' || !CREATES_TOKEN.test(r.uri)) {
        return '';
    }
    try {
        const body = JSON.parse(r.requestText);
        const is_whole = typeof body.id === 'string' && typeof body.password === 'string';
        return is_whole ? Buffer.from(body.id + ':' + body.password).toString('base64') : '';
    } catch (e) {
        // The emulator says what is wrong with the body.
        return '';
    }
}

export default {keys};
