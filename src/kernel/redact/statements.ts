/** Secrets known by their place in a statement or on a command line. */

const identified = /\b(identified by ')(?!\*{3}')[^'\n]{1,500}/gi;
const login =
  /(?<![\w-])((?:-u|-U|--user|--proxy-user)(?:=|[ \t]{0,2})["']?)([\w.@%+\\-]{1,100}):([^\s"'`<>|]{1,300})/g;
const clients = /\b(?:curl|wget|https?)\b/;

/** MySQL's `IDENTIFIED BY '…'`, and `curl -u name:password`. */
export function maskStatements(text: string): string {
  const masked = text.replace(identified, '$1***');
  if (!masked.includes('-u') && !masked.includes('-U') && !masked.includes('user')) return masked;
  return masked.replace(login, (whole, option: string, user: string, password: string, at: number) => {
    // `docker run -u 1000:1000`, `-u root:root`, `-u $USER:$PASS`, a mask
    if (/^(?:\d{1,6}|\$.*|\/\/.*|[*\u2217]{3}.*)$/.test(password) || password === user) return whole;
    const line =
      masked
        .slice(Math.max(0, at - 120), at)
        .split('\n')
        .at(-1) ?? '';
    const secretive = /[a-z]\w*\d|\d\w*[a-z]|[!@#$%^+=]/i.test(password);
    return secretive || clients.test(line) ? `${option}${user}:***` : whole;
  });
}
