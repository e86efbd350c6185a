// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/http_failure.h"

namespace bw::net {
namespace {

Failure read_tls_failure(const Ended& ended, const Verification& verification) {
  const std::string peer = print(ended.peer);
  const Chain& chain = verification.chain;
  if (chain.trouble != Outcome::ok && verification.is_verified) {
    return {.outcome = chain.trouble, .detail = peer + ": " + chain.why};
  }
  const auto says = [&ended](std::string_view words) {
    return ended.words.find(words) != std::string_view::npos;
  };
  if (says("SYSCALL") || says("reset by peer") || says("unexpected eof")) {
    return {.outcome = Outcome::connect_reset,
            .detail = peer + " broke off the connection during the TLS handshake"};
  }
  const auto reason = ended.words.rfind("::");
  return {
      .outcome = Outcome::tls_handshake,
      .detail = "no TLS with " + peer + ": " +
                (reason == std::string_view::npos ? std::string(curl_easy_strerror(ended.result))
                                                  : std::string(ended.words.substr(reason + 2)))};
}

}  // namespace

Failure read_failure(const Ended& ended, const Verification& verification) {
  const std::string peer = print(ended.peer);
  if (!ended.malformed.empty()) {
    return {.outcome = Outcome::reply_malformed,
            .detail = peer + " " + std::string(ended.malformed)};
  }
  if (ended.is_truncated) return {};
  // An int: of libcurl's hundred codes only some can come from here.
  switch (static_cast<int>(ended.result)) {
    case CURLE_OK:
      return {};
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
      return connect_failure(ended.error, ended.peer);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return read_tls_failure(ended, verification);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return {.outcome = Outcome::reply_reset,
              .detail = ended.has_first_byte
                            ? peer + " broke off after " + std::to_string(ended.bytes) + " bytes"
                            : peer + " closed the connection without an answer"};
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9 or another protocol's greeting
    case CURLE_WEIRD_SERVER_REPLY:
      return {.outcome = Outcome::reply_malformed, .detail = peer + " did not answer with HTTP"};
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_CONTENT_ENCODING:
      return {.outcome = Outcome::reply_malformed,
              .detail = peer + " sent a body that cannot be decoded"};
    case CURLE_OUT_OF_MEMORY:  // what libcurl calls a header line of more than 100 KB
      return {.outcome = Outcome::reply_malformed,
              .detail = peer + " sent a header line without end"};
    default:
      return {.outcome = Outcome::monitor_error,
              .detail = std::string("libcurl: ") + curl_easy_strerror(ended.result)};
  }
}

}  // namespace bw::net
