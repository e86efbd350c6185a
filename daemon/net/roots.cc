// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

namespace bw::net {
namespace {

constexpr std::size_t kFilesMax = 64;
constexpr int kCertificatesPerTurn = 8;
constexpr int kCertificatesMax = 2000;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// Where distributions keep the system's roots as one file: Debian, Fedora, SUSE, Alpine.
constexpr std::array<const char*, 4> kSystemBundles{"/etc/ssl/certs/ca-certificates.crt",
                                                    "/etc/pki/tls/certs/ca-bundle.crt",
                                                    "/etc/ssl/ca-bundle.pem",
                                                    "/etc/ssl/cert.pem"};

std::string system_bundle() {
  for (const char* path : kSystemBundles) {
    if (access(path, R_OK) == 0) return path;
  }
  return kSystemBundles.front();
}

std::string path_of(const std::string& ca_file) {
  return ca_file.empty() ? system_bundle() : ca_file;
}

// Empty where there is no such file.
std::string stamp_of(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return {};
  return std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec) + " " +
         std::to_string(found.st_size) + " " + std::to_string(found.st_ino);
}

std::string organisation_of(const X509_NAME* name) {
  std::array<char, 256> text{};
  const int size = X509_NAME_get_text_by_NID(
      name, NID_organizationName, text.data(), static_cast<int>(text.size()));
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

// A file that is being read.
struct RootsCache::Loading {
  std::unique_ptr<BIO, FreeBio> file;
  RootsRef roots = std::make_shared<Roots>();
  std::string path;
  std::string stamp;
  int count = 0;
  Loop::Timer timer = 0;
};

Roots::Roots() : store_(X509_STORE_new()), context_(SSL_CTX_new(TLS_client_method())) {
  if (store_ == nullptr || context_ == nullptr) std::abort();
  // An intermediate that somebody put into the file is trusted as such.
  X509_STORE_set_flags(store_, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  prepare(*context_);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
}

Roots::~Roots() {
  SSL_CTX_free(context_);
  X509_STORE_free(store_);
}

bool Roots::knows_organisation_of(const X509_NAME* name) const {
  const std::string wanted = organisation_of(name);
  if (wanted.empty()) return false;
  const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store_);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    const X509* root = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (root != nullptr && organisation_of(X509_get_subject_name(root)) == wanted) return true;
  }
  return false;
}

RootsCache::~RootsCache() {
  for (const auto& [ca_file, entry] : entries_) {
    if (entry.loading) loop_.cancel(entry.loading->timer);
  }
}

void RootsCache::find(const std::string& ca_file, Done done) {
  Entry& entry = entry_of(ca_file);
  const Steady now = loop_.turn().steady;
  const bool is_time = entry.looked_at == Steady{} || now - entry.looked_at >= look_every_;
  if (!entry.loading && (is_time || !entry.roots)) {
    entry.looked_at = now;
    load(ca_file, entry);
  }
  if (entry.roots) {
    done(entry.roots);
  } else if (entry.loading) {
    entry.waiting.push_back(std::move(done));
  } else {
    done(std::unexpected(path_of(ca_file) + " cannot be read"));
  }
}

RootsCache::Entry& RootsCache::entry_of(const std::string& ca_file) {
  if (entries_.size() >= kFilesMax && !entries_.contains(ca_file)) {
    const auto idle = std::ranges::find_if(
        entries_, [](const auto& entry) { return entry.second.loading == nullptr; });
    if (idle != entries_.end()) entries_.erase(idle);
  }
  return entries_[ca_file];
}

// Begins to read the file unless it is the one that was read.
void RootsCache::load(const std::string& ca_file, Entry& entry) {
  const std::string path = path_of(ca_file);
  const std::string stamp = stamp_of(path);
  if (stamp.empty() || (entry.roots && stamp == entry.stamp)) return;
  auto loading = std::make_shared<Loading>();
  loading->file.reset(BIO_new_file(path.c_str(), "r"));
  ERR_clear_error();
  if (!loading->file) return;
  loading->path = path;
  loading->stamp = stamp;
  ++loads_;
  entry.loading = std::move(loading);
  entry.loading->timer = loop_.after(Micros{0}, [this, ca_file] { load_some(ca_file); });
}

void RootsCache::load_some(const std::string& ca_file) {
  Entry& entry = entries_[ca_file];
  Loading& loading = *entry.loading;
  bool has_more = true;
  for (int i = 0; i < kCertificatesPerTurn && has_more; ++i) {
    const std::unique_ptr<X509, FreeCertificate> read(
        PEM_read_bio_X509_AUX(loading.file.get(), nullptr, nullptr, nullptr));
    has_more = read != nullptr && loading.count < kCertificatesMax;
    if (!has_more) break;
    X509_STORE_add_cert(loading.roots->store(), read.get());
    ++loading.count;
  }
  if (has_more) {
    loading.timer = loop_.after(Micros{0}, [this, ca_file] { load_some(ca_file); });
    return;
  }
  const bool is_whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  const auto done = std::exchange(entry.loading, nullptr);
  // The file that was looked at, good or bad: it is read again when it changes.
  entry.stamp = done->stamp;
  if (is_whole && done->count > 0) entry.roots = done->roots;
  std::expected<RootsRef, std::string> result = entry.roots;
  if (!entry.roots) {
    result = std::unexpected(done->path + " holds something that is no certificate, or nothing");
  }
  for (const Done& waiting : std::exchange(entry.waiting, {}))
    waiting(result);
}

}  // namespace bw::net
