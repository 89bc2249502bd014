# The server as one static file in an image with no shell, run by nobody in particular.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=$VERSION" -o /out/kaikukortti ./server
RUN mkdir /out/data

# CA certificates and a user without rights; time zones are inside the binary.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/kaikukortti /kaikukortti
COPY --from=build --chown=65532:65532 /out/data /data
ENV KAIKU_ADDRESS=:8080 KAIKU_DATA=/data
VOLUME /data
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/kaikukortti"]
CMD ["serve"]
