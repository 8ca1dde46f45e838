/**
 * Signing of requests.
 *
 * @module
 */

export { AwsV4Signer } from "npm:aws4fetch@1.0.20";
