/** Points the AWS SDK of this process at a stand-in, with keys of its own and nothing of the machine's. */
export function useAws(url: string, region: string | undefined = 'eu-west-1'): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example-secret',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    ...(region === undefined ? {} : { AWS_REGION: region }),
  });
}
