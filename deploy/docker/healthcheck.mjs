// The images' health check: exit code 0 if the service in this container is ready.
//
//   node healthcheck.mjs <variable that holds the port>

const url = `http://127.0.0.1:${process.env[process.argv[2] ?? '']}/health/ready`;
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(2500) });
  if (status !== 200) throw new Error(`status ${status}`);
} catch (error) {
  console.error(`${url}: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
