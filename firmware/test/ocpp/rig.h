// A charger on the bench: an OCPP client between charging processes that the test plays, and a
// central system that the test plays. Time moves only where the test says so.
#pragma once

#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

#include "central.h"
#include "equipment.h"
#include "hal/fram.h"
#include "ocpp/layout.h"
#include "ocpp/ocpp_client.h"

namespace bench {

// Non-volatile memory in which the power can go at any byte written.
class Fram final : public evse::hal::Fram {
 public:
  int size() const override { return part_bytes; }
  bool read(int address, uint8_t* data, int size) override;
  bool write(int address, const uint8_t* data, int size) override;

  std::vector<uint8_t> bytes = std::vector<uint8_t>(evse::ocpp::kFramBytes, 0);
  int64_t written = 0;    // bytes so far
  int64_t cut_after = -1;  // then the power goes; -1: never
  bool is_dead() const { return cut_after >= 0 && written >= cut_after; }
  bool broken = false;  // answers nothing any more
  int part_bytes = evse::ocpp::kFramBytes;
};

class Rig {
 public:
  // `memory`: of a charger before this one, whose power was cut.
  explicit Rig(const evse::ocpp::Settings& settings, const Fram* memory = nullptr,
               const evse::hal::Equipment& equipment = {});
  Rig() : Rig(defaults(1)) {}

  static evse::ocpp::Settings defaults(int connectors = 1);

  // Reports every connector, and polls. Then whatever the charger sends is answered by `answer`,
  // until it has nothing more to say.
  void settle();
  // Moves time, in steps that miss no deadline of the charger.
  void run(double seconds);
  // Connects, and has the boot accepted.
  void boot();

  // What the central system does: sends a call and returns the payload of the answer, or for a
  // CALLERROR its code.
  std::string call(const std::string& action, const std::string& payload);
  void hear(const std::string& text) { transport.to_charger.push_back(text); }

  // What people do.
  void tag(const std::string& id_tag, int connector = 1);
  // A process that charges as soon as it is permitted, and plugged in.
  void plug(int connector = 1);
  void unplug(int connector = 1);
  void use(double wh, int connector = 1);

  // Everything since the last `forget`, of calls of an action.
  std::vector<Sent> all(const std::string& action) const;
  Sent last(const std::string& action) const;
  int count(const std::string& action) const { return static_cast<int>(all(action).size()); }
  void forget() { seen.clear(); }
  std::string statuses(int connector = 1) const;  // such as "Preparing Charging"
  std::string told(const std::string& action) const;  // the statuses of a job, or types of events
  // Boots, jobs and statuses of connectors in their order, such as "Downloading 1:Unavailable".
  std::string story() const;

  Fram fram;
  Clock clock;
  Transport transport;
  Log log;
  std::unique_ptr<evse::OcppClient> client;
  evse::Report report[evse::ocpp::kConnectors];
  std::vector<Sent> seen;

  // How the central system answers.
  bool answering = true;
  std::string boot_status = "Accepted";
  int interval_s = 3600;
  int64_t ahead_us = 0;  // what it says the time is, before the one by which the charger booted
  std::string tag_status = "Accepted";
  std::string parent_tag;
  int next_transaction = 1001;
  std::string refuse_action;  // gets a CALLERROR
  std::string sign_status = "Accepted";

 private:
  bool exchange();
  std::string answer_to(const Sent& call);
  void play(int connector);

  int calls_ = 0;
};

}  // namespace bench
