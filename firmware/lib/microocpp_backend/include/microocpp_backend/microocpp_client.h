// MicroOcpp behind the seam of `ChargingBackend`, in place of our own OCPP client.
#pragma once

#include "hal/clock.h"
#include "hal/fram.h"
#include "microocpp_backend/files_adapter.h"
#include "microocpp_backend/transport_connection.h"
#include "microocpp_backend/update.h"
#include "ocpp/backend.h"
#include "ocpp/status_table.h"

namespace evse {

// One of them in a program: the library is one. All that is referred to has to outlive it.
//
// Of the equipment the updater is used, and nothing else.
//
// The library takes memory from the heap as it goes, and has no bound on what a poll takes.
class MicroOcppClient final : public ChargingBackend {
 public:
  MicroOcppClient(const ocpp::Settings& settings, hal::Transport& transport, hal::Fram& fram,
                  hal::Clock& clock, ocpp::EventLog& log);
  ~MicroOcppClient();
  MicroOcppClient(const MicroOcppClient&) = delete;
  MicroOcppClient& operator=(const MicroOcppClient&) = delete;

  // Nothing happens until every connector has reported once.
  void report(uint64_t now_us, int connector, const Report& report) override;
  void present_tag(uint64_t now_us, int connector, const char* tag) override;
  uint64_t poll(uint64_t now_us) override;
  const Command& command(int connector) const override {
    return connectors_[connector - 1].command;
  }
  ResetWanted reset_wanted() const override { return reset_; }

  // For whoever watches or tests it. Connector 0 is the charge point.
  ocpp::Status status(int connector) const;
  bool is_in_transaction(int connector) const;
  int32_t transaction(int connector) const;  // -1: the central system has given it no number yet
  bool is_accepted() const { return begun_ && connectors_[0].looked_at; }
  bool is_idle() const { return is_accepted() && connection_.is_idle(); }

 private:
  struct Connector {
    unsigned int number = 0;
    Report report;
    Command command;
    bool reported = false;
    bool looked_at = false;  // the library has begun to run it
    uint32_t limit_ma = 0;
    uint8_t phases = 0;
    uint64_t unlocking_us = 0;  // when UnlockConnector came; 0: none did
  };

  bool begin(uint64_t now_us);
  void wire(Connector& connector);
  void wire_meter(const Connector& connector);
  void wire_faults(const Connector& connector);
  void apply_factory_values();
  void set_clock();
  void keep_time(uint64_t now_us);
  void limit(Connector& connector, float watts, float amperes, int phases);
  UnlockConnectorResult unlock(Connector& connector);
  void end_with(const Connector& connector, const char* tag);
  void update(Connector& connector);
  void update_firmware(uint64_t now_us);

  ocpp::Settings settings_;
  hal::Clock& clock_;
  ocpp::EventLog& log_;
  FramFiles files_;
  TransportConnection connection_;
  std::unique_ptr<Update> update_;  // null: there is no updater
  Connector connectors_[ocpp::kConnectors];
  std::shared_ptr<MicroOcpp::Configuration> ping_s_;
  ResetWanted reset_ = ResetWanted::None;
  uint64_t now_us_ = 0;
  uint64_t keep_time_us_ = 0;
  bool begun_ = false;
  bool broken_ = false;
};

}  // namespace evse
