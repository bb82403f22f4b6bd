//! The shared protobuf definitions: messages, descriptor set, JSON mapping, resource names.
