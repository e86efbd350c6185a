// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/events.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// A script that pages of the world load, and how often its harmless content changes.
struct ScriptSource {
  Millis churn{0};
};

// A name of the world: of a [[host]], or one that the world only speaks of (a feed's, a tag's, a
// name server's). The latter get addresses of their own, each in a network of its own.
struct Name {
  std::string name;
  Place place;                       // host or feed; neither for the rest
  std::vector<IpAddress> addresses;  // on a normal day, unrotated
  std::vector<std::string> name_servers;
  std::string zone;          // registered domain
  bool is_apex = false;      // the zone's own name
  bool is_rotating = false;  // behind a CDN: addresses move inside their /24
};

// Where in the world a name or an URL is.
class Atlas {
 public:
  Atlas(const WorldFile& world, const IncidentFile& incident);

  // Null for a name that does not exist.
  [[nodiscard]] const Name* name(std::string_view name) const;
  // The endpoint or feed at this URL, else the host that it is on.
  [[nodiscard]] Place place(std::string_view url) const;
  [[nodiscard]] const ScriptSource* script(std::string_view url) const;
  // The login endpoint whose form is sent to this URL (or which is this URL), or -1.
  [[nodiscard]] int login_at(std::string_view url) const;
  // The names of [[host]] entries and of feeds, in the world's order.
  [[nodiscard]] const std::vector<const Name*>& hosts() const { return hosts_; }
  [[nodiscard]] const std::map<std::string, Name, std::less<>>& names() const { return names_; }

 private:
  void add_hosts(const WorldFile& world);
  void add_feeds(const WorldFile& world);
  void add_endpoints(const WorldFile& world);
  void add_scripts(const WorldFile& world);
  void add_script(const WorldFile& world, const Endpoint& page, const std::string& url);
  void add_strangers(const IncidentFile& incident);
  void add_zones();
  Name& speak_of(const std::string& name);
  void speak_of_url(const std::string& url);

  std::map<std::string, Name, std::less<>> names_;
  std::map<std::string, Place, std::less<>> urls_;
  std::map<std::string, ScriptSource, std::less<>> scripts_;
  std::map<std::string, int, std::less<>> logins_;
  std::vector<const Name*> hosts_;
};

}  // namespace bw::rehearsal
