// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage_certificates.h"

#include "daemon/rehearsal/chance.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>

namespace bw::rehearsal {
namespace {

constexpr long kYear = 365L * 24 * 3600;
constexpr long kVersion3 = 2;  // X.509 counts from zero

struct Life {
  std::time_t not_before = 0;
  std::time_t not_after = 0;
};

std::time_t machine_now() {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

// "O=Meridian, CN=Meridian TLS CA 2" as the two entries of a name.
void set_name(X509_NAME* name, const std::string& text) {
  const auto add = [&](const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(name,
                               field,
                               MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.c_str()),
                               -1,
                               -1,
                               0);
  };
  const auto common = text.find("CN=");
  const auto comma = text.find(", CN=");
  if (text.starts_with("O=") && comma != std::string::npos) add("O", text.substr(2, comma - 2));
  add("CN", common == std::string::npos ? text : text.substr(common + 3));
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

struct Content {
  std::string subject;
  std::string issuer;
  std::string serial;  // hex
  Life life;
  EVP_PKEY* key = nullptr;
};

CertificatePtr unsigned_certificate(const Content& content) {
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), kVersion3);
  BIGNUM* serial = nullptr;
  // At most 15 octets, so that the number stays positive and short (RFC 5280 4.1.2.2).
  if (BN_hex2bn(&serial, content.serial.substr(0, 30).c_str()) != 0) {
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate.get()));
    BN_free(serial);
  }
  set_name(X509_get_subject_name(certificate.get()), content.subject);
  set_name(X509_get_issuer_name(certificate.get()), content.issuer);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), content.life.not_before);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), content.life.not_after);
  X509_set_pubkey(certificate.get(), content.key);
  return certificate;
}

CertificatePtr authority_certificate(const Content& content, X509* issuer, EVP_PKEY* signer) {
  auto certificate = unsigned_certificate(content);
  X509* parent = issuer != nullptr ? issuer : certificate.get();
  add_extension(certificate.get(), parent, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate.get(), parent, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate.get(), parent, NID_subject_key_identifier, "hash");
  X509_sign(certificate.get(), signer, EVP_sha256());
  return certificate;
}

std::string alternative_names(const Certificate& certificate) {
  std::string names;
  for (const auto& name : certificate.names) {
    if (!names.empty()) names += ",";
    names += (parse_address(name) ? "IP:" : "DNS:") + name;
  }
  return names;
}

Life moved_to_now(const Certificate& certificate, Time now) {
  const auto offset = [&](Time at) {
    return machine_now() + std::chrono::floor<Seconds>(at - now).count();
  };
  return {.not_before = offset(certificate.not_before), .not_after = offset(certificate.not_after)};
}

Error refused(const std::string& what) {
  return {.what = what, .where = {}, .hint = {}};
}

}  // namespace

std::expected<StageCertificates, Error> StageCertificates::create(const std::string& directory) {
  StageCertificates made;
  made.root_.key.reset(EVP_EC_gen("P-256"));
  if (made.root_.key == nullptr) return std::unexpected(refused("OpenSSL made no key"));
  const std::string name = "O=Rehearsal, CN=Rehearsal Root CA";
  made.root_.certificate = authority_certificate(
      {.subject = name,
       .issuer = name,
       .serial = "01",
       .life = {.not_before = machine_now() - kYear, .not_after = machine_now() + 10 * kYear},
       .key = made.root_.key.get()},
      nullptr,
      made.root_.key.get());
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  made.ca_file_ = (std::filesystem::path(directory) / "ca.pem").string();
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(made.ca_file_.c_str(), "we"), &std::fclose);
  if (file == nullptr || PEM_write_X509(file.get(), made.root_.certificate.get()) != 1) {
    return std::unexpected(
        Error{.what = "the CA certificate cannot be written", .where = made.ca_file_, .hint = {}});
  }
  return made;
}

EVP_PKEY* StageCertificates::key_for(const std::string& identity) {
  auto& key = keys_[identity];
  if (key == nullptr) key.reset(EVP_EC_gen("P-256"));
  return key.get();
}

const StageCertificates::Authority& StageCertificates::intermediate_for(const std::string& issuer) {
  auto& authority = authorities_[issuer];
  if (authority.certificate != nullptr) return authority;
  authority.key.reset(EVP_EC_gen("P-256"));
  authority.certificate = authority_certificate(
      {.subject = issuer,
       .issuer = "O=Rehearsal, CN=Rehearsal Root CA",
       .serial = std::to_string(1000 + hash_text(issuer) % 100'000'000),
       .life = {.not_before = machine_now() - kYear, .not_after = machine_now() + 9 * kYear},
       .key = authority.key.get()},
      root_.certificate.get(),
      root_.key.get());
  return authority;
}

SSL_CTX* StageCertificates::context_for(const Chain& chain, Time now) {
  if (chain.presented.empty()) return nullptr;
  const auto& leaf = chain.presented.front();
  const bool is_self_signed = chain.trouble == Outcome::tls_self_signed;
  const auto id = leaf.fingerprint_sha256 + std::to_string(chain.presented.size());
  if (contexts_.size() >= kContextsMax && !contexts_.contains(id)) contexts_.clear();
  auto& context = contexts_[id];
  if (context != nullptr) return context.get();

  auto* key = key_for(leaf.key_sha256);
  const Authority* issuer = is_self_signed ? nullptr : &intermediate_for(leaf.issuer);
  auto certificate = unsigned_certificate({.subject = leaf.subject,
                                           .issuer = leaf.issuer,
                                           .serial = leaf.serial,
                                           .life = moved_to_now(leaf, now),
                                           .key = key});
  X509* parent = issuer != nullptr ? issuer->certificate.get() : certificate.get();
  add_extension(certificate.get(), parent, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), parent, NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), parent, NID_subject_alt_name, alternative_names(leaf));
  X509_sign(certificate.get(), issuer != nullptr ? issuer->key.get() : key, EVP_sha256());

  context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key);
  if (issuer != nullptr && chain.presented.size() > 1) {
    SSL_CTX_add1_chain_cert(context.get(), issuer->certificate.get());
  }
  return context.get();
}

}  // namespace bw::rehearsal
