# syntax=docker/dockerfile:1
FROM denoland/deno:2.9.6 AS build
WORKDIR /src
COPY . .
RUN deno task compile:all

FROM debian:12-slim AS client
COPY --from=build /src/dist/recado /usr/local/bin/recado
USER 10001:10001
CMD ["sleep", "infinity"]

FROM debian:12-slim AS server
COPY --from=build /src/dist/recado /usr/local/bin/recado
RUN install -d -o 10001 -g 10001 -m 0700 /data
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV RECADO_HOST=0.0.0.0 \
    RECADO_PORT=5000 \
    RECADO_STORE=sqlite:/data/recado.db
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=12s --start-period=5s \
    CMD ["recado", "send", "--health", "--host", "127.0.0.1"]
ENTRYPOINT ["recado", "serve"]
