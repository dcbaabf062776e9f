FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production UV_THREADPOOL_SIZE=64
COPY package.json package-lock.json .npmrc ./
COPY bin ./bin
RUN npm ci --omit=dev --omit=optional
COPY src ./src
COPY commands ./commands
COPY templates ./templates
# All that is written to: the embedded database, and Node's compile cache, without which it starts slower and says nothing.
RUN mkdir -p data node_modules/.cache && chown node:node data node_modules/.cache
USER node
EXPOSE 3000
# All addresses: without authentication /healthz, /readyz and /metrics are there too. Publish the port to a network you trust,
# and only /slack/events beyond it.
ENV HOST=0.0.0.0
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT ?? 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Scripts that checks start may leave children behind: `docker run --init` (Kubernetes: shareProcessNamespace) reaps them.
# Rounds needs at most 9 s to stop, within Docker's 10.
# Mount the config at /app/ops.yml (or set OPS_CONFIG) and set DATABASE_URL: no volume is needed then. The embedded
# database is for trying: it wants a volume at /app/data, writable for the user node (1000), and ALLOW_EMBEDDED=1.
CMD ["node", "bin/rounds.mjs", "start"]
