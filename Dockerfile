FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production UV_THREADPOOL_SIZE=64
COPY package.json package-lock.json .npmrc ./
COPY bin ./bin
RUN npm ci --omit=dev --omit=optional
COPY src ./src
COPY commands ./commands
COPY templates ./templates
RUN mkdir -p data && chown node:node data
USER node
EXPOSE 3000
ENV HOST=0.0.0.0
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT ?? 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Mount the config at /app/ops.yml (or set OPS_CONFIG) and set DATABASE_URL: the embedded database is for trying.
CMD ["node", "bin/rounds.mjs", "start"]
