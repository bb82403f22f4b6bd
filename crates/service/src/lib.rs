//! The gRPC service: handlers, identity, the render queue's wake-ups.
