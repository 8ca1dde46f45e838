/**
 * The client of NATS and of its JetStream.
 *
 * @module
 */

export {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "npm:@nats-io/transport-node@3.4.0";
export {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from "npm:@nats-io/jetstream@3.4.0";
