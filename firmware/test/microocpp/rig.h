// A charger with MicroOcpp on the bench: charging processes and a central system that the test
// plays. Time moves only where the test says so.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../ocpp/central.h"
#include "memory.h"
#include "microocpp_backend/microocpp_client.h"

namespace bench {

// New firmware comes and is installed when the test says so.
class Updater final : public evse::hal::Updater {
 public:
  const char* schemes() const override { return "HTTP"; }
  bool fetches_while_charging() const override { return while_charging; }
  void download(const char* from) override;
  void verify(const uint8_t*, int, const uint8_t*, int) override {}
  void install() override;
  void abandon() override { now = State::Idle; }
  State state() override { return now; }
  const char* why() const override { return "no such file"; }
  uint8_t running_slot() const override { return 0; }

  bool while_charging = false;
  State now = State::Idle;
  std::vector<std::string> downloads;
  int installs = 0;
};

class Rig {
 public:
  explicit Rig(const evse::ocpp::Settings& settings = defaults(), const Fram* memory = nullptr);

  static evse::ocpp::Settings defaults();

  void run(double seconds);
  void boot() { run(5); }
  // Sends a call; the payload of its answer, or for a CALLERROR its code. Empty: none came.
  std::string call(const std::string& action, const std::string& payload, double seconds = 2);

  void tag(const std::string& id_tag, int connector = 1);
  void plug(int connector = 1);
  void unplug(int connector = 1);
  const evse::Command& command(int connector = 1) const { return client->command(connector); }

  std::vector<Sent> all(const std::string& action) const;
  Sent last(const std::string& action) const;
  int count(const std::string& action) const { return static_cast<int>(all(action).size()); }
  std::string statuses(int connector = 1) const;
  std::string firmware_statuses() const;  // such as "Downloading Downloaded"

  Fram fram{32 * 1024};
  Clock clock;
  Transport transport;
  Log log;
  Updater updater;
  evse::Report report[evse::ocpp::kConnectors];
  std::vector<Sent> seen;
  bool lock_jammed = false;

  // How the central system answers.
  std::string tag_status = "Accepted";
  std::string parent_tag;
  int next_transaction = 1001;

  std::unique_ptr<evse::MicroOcppClient> client;  // the last: it ends before what it refers to

 private:
  void play(int connector);
  void exchange();
  std::string answer_to(const Sent& call) const;
  std::string statuses_in(const std::string& action, const std::string& part) const;

  evse::ocpp::Settings settings_;
  uint32_t unlocks_[evse::ocpp::kConnectors] = {};
  int calls_ = 0;
};

}  // namespace bench
