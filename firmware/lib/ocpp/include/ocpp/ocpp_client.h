// An OCPP 1.6J charge point behind the seam of `ChargingBackend`.
//
// Bounded in everything (ocpp/sizes.h), with no heap, no exceptions, and nothing that blocks.
#pragma once

#include "ocpp/backend.h"
#include "ocpp/charge_point.h"
#include "ocpp/settings.h"

namespace evse {

// One of them in a program: there is room for the values of one frame. All that is referred to
// has to outlive it.
class OcppClient final : public ChargingBackend {
 public:
  OcppClient(const ocpp::Settings& settings, hal::Transport& transport, hal::Fram& fram,
             hal::Clock& clock, ocpp::EventLog& log)
      : charge_point_(settings, transport, fram, clock, log) {}

  // Nothing happens until every connector has reported once: what a power cut has interrupted
  // ends with the register as it is now.
  void report(uint64_t now_us, int connector, const Report& report) override {
    charge_point_.report(now_us, connector, report);
  }
  void present_tag(uint64_t now_us, int connector, const char* tag) override {
    charge_point_.present_tag(now_us, connector, tag);
  }
  uint64_t poll(uint64_t now_us) override { return charge_point_.poll(now_us); }
  const Command& command(int connector) const override {
    return charge_point_.connectors[connector - 1].command;
  }
  ResetWanted reset_wanted() const override { return charge_point_.reset.wanted(); }

  // For whoever watches or tests it.
  ocpp::ChargePoint& charge_point() { return charge_point_; }

 private:
  ocpp::ChargePoint charge_point_;
};

}  // namespace evse
