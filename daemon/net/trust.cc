// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/trust.h"

#include "daemon/net/certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace bw::net {
namespace {

constexpr int kPresentedMax = 16;
constexpr std::size_t kProblemsMax = 16;

struct Problem {
  Outcome outcome = Outcome::ok;
  std::string why;
};

// While X509_verify_cert runs; it calls back for each thing that is wrong.
struct Session {
  const Verification& verification;
  std::vector<Problem> problems;
};

// The most telling first: a chain that nobody vouches for says more than its dates.
constexpr std::array kByWeight{Outcome::tls_self_signed,
                               Outcome::tls_untrusted,
                               Outcome::tls_incomplete_chain,
                               Outcome::tls_wrong_name,
                               Outcome::tls_expired,
                               Outcome::tls_not_yet_valid};

struct FreeContext {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

int connection_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

int session_index() {
  static const int kIndex = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

std::string describe(const Certificate& certificate) {
  return certificate.subject.empty() ? "serial " + certificate.serial : certificate.subject;
}

bool has_issuer_address(X509& certificate) {
  auto* access = static_cast<AUTHORITY_INFO_ACCESS*>(
      X509_get_ext_d2i(&certificate, NID_info_access, nullptr, nullptr));
  bool has_one = false;
  for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access); ++i) {
    has_one |= OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, i)->method) == NID_ad_ca_issuers;
  }
  AUTHORITY_INFO_ACCESS_free(access);
  return has_one;
}

// The issuer of `last` was neither presented nor trusted. Servers leave out roots, not
// intermediates; so where a leaf came alone and its issuer looks like an intermediate of somebody
// known (it says where to fetch it, or a root of the same organisation is trusted), one is missing.
Problem missing_issuer(const Session& session, X509_STORE_CTX& context, X509& last) {
  const Certificate read = read_certificate(last);
  const bool is_alone = sk_X509_num(X509_STORE_CTX_get0_untrusted(&context)) <= 1;
  const bool is_public =
      has_issuer_address(last) ||
      session.verification.roots->knows_organisation_of(X509_get_issuer_name(&last));
  if (is_alone && is_public) {
    return {.outcome = Outcome::tls_incomplete_chain,
            .why = "the server does not send the certificate of the issuer, " + read.issuer};
  }
  return {.outcome = Outcome::tls_untrusted,
          .why = "issued by " + read.issuer + ", which is not trusted"};
}

std::string print_names(const Certificate& certificate) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(certificate.names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + certificate.names[i];
  }
  if (certificate.names.size() > kShown) {
    text += " and " + std::to_string(certificate.names.size() - kShown) + " more";
  }
  return text.empty() ? describe(certificate) : text;
}

Problem read_problem(const Session& session, X509_STORE_CTX& context, int error, X509& at) {
  const Certificate read = read_certificate(at);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {.outcome = Outcome::tls_expired,
              .why = describe(read) + " expired at " + print_time(read.not_after)};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {.outcome = Outcome::tls_not_yet_valid,
              .why = describe(read) + " is not valid before " + print_time(read.not_before)};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {.outcome = Outcome::tls_wrong_name,
              .why = "the certificate is for " + print_names(read) + ", not for " +
                     session.verification.host};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return {.outcome = Outcome::tls_self_signed, .why = describe(read) + " is signed by itself"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return {.outcome = Outcome::tls_untrusted,
              .why = "the root " + describe(read) + " is not trusted"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      return missing_issuer(session, context, at);
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {};  // follows from a missing issuer, which was reported
    default:
      return {.outcome = Outcome::tls_untrusted,
              .why = describe(read) + ": " + X509_verify_cert_error_string(error)};
  }
}

int on_problem(int is_fine, X509_STORE_CTX* context) {
  if (is_fine == 1) return 1;
  auto* session = static_cast<Session*>(X509_STORE_CTX_get_ex_data(context, session_index()));
  X509* at = X509_STORE_CTX_get_current_cert(context);
  if (at == nullptr) at = X509_STORE_CTX_get0_cert(context);
  if (at == nullptr || session->problems.size() >= kProblemsMax) return 0;
  const int error = X509_STORE_CTX_get_error(context);
  Problem problem = read_problem(*session, *context, error, *at);
  if (problem.outcome != Outcome::ok) session->problems.push_back(std::move(problem));
  return 1;  // find out what else is wrong
}

void conclude(Chain& chain, const std::vector<Problem>& problems) {
  for (const Outcome outcome : kByWeight) {
    for (const Problem& problem : problems) {
      if (problem.outcome != outcome) continue;
      if (chain.trouble == Outcome::ok) chain.trouble = outcome;
      if (chain.why.find(problem.why) != std::string::npos) continue;
      chain.why += (chain.why.empty() ? "" : "; ") + problem.why;
    }
  }
}

void expect_host(X509_STORE_CTX& context, const std::string& host) {
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(&context);
  if (const auto address = parse_address(host)) {
    X509_VERIFY_PARAM_set1_ip(wanted, address->bytes.data(), address->is_v6 ? 16 : 4);
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size());
}

void capture(Chain& chain, X509_STORE_CTX& context) {
  chain = {};
  const STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(&context);
  const int count = std::min(sk_X509_num(presented), kPresentedMax);
  for (int i = 0; i < count; ++i) {
    chain.presented.push_back(read_certificate(*sk_X509_value(presented, i)));
  }
}

// In a context of its own: libcurl fills, replaces or caches the store of the connection's context
// as its version sees fit.
int verify(X509_STORE_CTX& presented, const SSL& connection, Verification& verification) {
  capture(verification.chain, presented);
  const std::unique_ptr<X509_STORE_CTX, FreeContext> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(),
                                      verification.roots->store(),
                                      X509_STORE_CTX_get0_cert(&presented),
                                      X509_STORE_CTX_get0_untrusted(&presented)) != 1) {
    return 0;
  }
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()),
                                   SSL_get_security_level(&connection));
  expect_host(*context, verification.host);
  Session session{.verification = verification, .problems = {}};
  X509_STORE_CTX_set_ex_data(context.get(), session_index(), &session);
  X509_STORE_CTX_set_verify_cb(context.get(), on_problem);
  const int result = X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  // Nothing passes because its problem was not understood.
  if (session.problems.empty() && (result != 1 || error != X509_V_OK)) {
    session.problems.push_back({Outcome::tls_untrusted, X509_verify_cert_error_string(error)});
  }
  conclude(verification.chain, session.problems);
  const bool is_accepted = session.problems.empty() || !verification.is_verified;
  X509_STORE_CTX_set_error(&presented,
                           is_accepted ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
  return is_accepted ? 1 : 0;
}

Verification* attached_to(const SSL* connection) {
  auto* own = static_cast<Verification*>(SSL_get_ex_data(connection, connection_index()));
  if (own != nullptr) return own;
  return static_cast<Verification*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
}

int on_verify(X509_STORE_CTX* context, void* /*unused*/) {
  const auto* connection = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Verification* verification = connection != nullptr ? attached_to(connection) : nullptr;
  return verification != nullptr ? verify(*context, *connection, *verification) : 0;
}

void on_progress(const SSL* connection, int where, int /*result*/) {
  Verification* verification = attached_to(connection);
  if (verification == nullptr) return;
  const bool is_start = (where & SSL_CB_HANDSHAKE_START) != 0;
  if (is_start && verification->begun == Steady{}) {
    verification->begun = std::chrono::steady_clock::now();
  }
  // TLS 1.3 reports its tickets as further handshakes.
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || verification->done != Steady{}) return;
  verification->done = std::chrono::steady_clock::now();
  std::string version = SSL_get_version(connection);
  if (version.starts_with("TLSv")) version = "TLS " + version.substr(4);
  verification->chain.version = version;
  verification->chain.cipher = SSL_get_cipher_name(connection);
}

}  // namespace

void prepare(SSL_CTX& context) {
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(&context, on_verify, nullptr);
  SSL_CTX_set_info_callback(&context, on_progress);
}

void attach(SSL_CTX& context, Verification& verification) {
  SSL_CTX_set_app_data(&context, &verification);
  prepare(context);
}

void detach(SSL_CTX& context) {
  SSL_CTX_set_app_data(&context, nullptr);
}

void attach(SSL& connection, Verification& verification) {
  SSL_set_ex_data(&connection, connection_index(), &verification);
}

}  // namespace bw::net
