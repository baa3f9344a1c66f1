# For a release that can be built again, name both images by their digests (rust:1-alpine@sha256:...).
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY packaging packaging
COPY scenarios scenarios
COPY src src
COPY ui/dist ui/dist
# A static binary: the final image holds nothing else, no CA store and no shell either.
RUN cp "$(packaging/binary --static | tail -n 1)" . && packaging/licences > THIRD-PARTY-LICENCES

FROM scratch
COPY --from=build /build/belvo-emulator /belvo-emulator
COPY LICENSE LICENSE-APACHE LICENSE-MIT /licences/
COPY --from=build /build/THIRD-PARTY-LICENCES /licences/
USER 65532:65532
# Reachable through a published port; everywhere else the default is loopback. Change the port by
# BELVO_EMULATOR_PORT: the health check reads it too.
ENV BELVO_EMULATOR_HOST=0.0.0.0
EXPOSE 23586
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s CMD ["/belvo-emulator", "healthcheck"]
ENTRYPOINT ["/belvo-emulator"]
