// Registers links one after the other, by Node's fetch (undici) with its defaults.
// Arguments: the URL, the header Authorization, the body, the count.
const [url, authorization, body, count] = process.argv.slice(2);
const headers = { Authorization: authorization, 'Content-Type': 'application/json' };

async function main() {
  let failures = 0;
  for (let number = 0; number < Number(count); number++) {
    try {
      const response = await fetch(url, { method: 'POST', headers, body });
      await response.text();
      if (response.status !== 201) throw new Error(`status ${response.status}`);
    } catch (error) {
      failures++;
      console.error(`request ${number}:`, error);
    }
  }
  console.log(`fetch: ${failures} of ${count} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}

main();
