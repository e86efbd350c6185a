// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/trust.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace bw::net {
namespace {

constexpr std::size_t kFilesMax = 64;

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

std::expected<std::shared_ptr<Roots>, std::string> Roots::load(const std::string& path) {
  const std::shared_ptr<Roots> roots(new Roots);
  roots->store_ = X509_STORE_new();
  roots->context_ = SSL_CTX_new(TLS_client_method());
  if (roots->store_ == nullptr || roots->context_ == nullptr) std::abort();
  if (X509_STORE_load_file(roots->store_, path.c_str()) != 1) {
    return std::unexpected(path + " holds no certificates that can be read");
  }
  // An intermediate that somebody put into the file is trusted as such.
  X509_STORE_set_flags(roots->store_, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  prepare(*roots->context_);
  SSL_CTX_set_session_cache_mode(roots->context_, SSL_SESS_CACHE_OFF);
  return roots;
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

std::expected<std::shared_ptr<Roots>, std::string> RootsCache::find(const std::string& ca_file) {
  const Steady now = loop_.turn().steady;
  auto found = entries_.find(ca_file);
  if (found != entries_.end() && now - found->second.looked_at < look_every_) {
    return found->second.roots;
  }
  const std::string path = ca_file.empty() ? system_bundle() : ca_file;
  const std::string stamp = stamp_of(path);
  if (found != entries_.end() && (stamp.empty() || stamp == found->second.stamp)) {
    found->second.looked_at = now;
    return found->second.roots;
  }
  ++loads_;
  auto loaded = Roots::load(path);
  if (!loaded && found == entries_.end()) return std::unexpected(loaded.error());
  if (found == entries_.end()) {
    if (entries_.size() >= kFilesMax) entries_.erase(entries_.begin());
    found = entries_.try_emplace(ca_file).first;
  }
  if (loaded) found->second.roots = *loaded;
  found->second.stamp = stamp;
  found->second.looked_at = now;
  return found->second.roots;
}

}  // namespace bw::net
