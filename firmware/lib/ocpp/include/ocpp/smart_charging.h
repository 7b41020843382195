// Smart charging: the limits of the central system, in force at the plug (OCPP 1.6 3.13).
#pragma once

#include "hal/fram.h"
#include "ocpp/charging_limits.h"
#include "ocpp/connector.h"
#include "ocpp/deadline.h"
#include "ocpp/frames.h"
#include "ocpp/layout.h"

namespace evse::ocpp {

struct ChargePoint;

class SmartCharging {
 public:
  SmartCharging(ChargePoint& cp, hal::Fram& fram);

  void power_on();
  void set(const MessageId& id, const Json* payload);
  void clear(const MessageId& id, const Json* payload);
  void get_composite(const MessageId& id, const Json* payload);

  // A remote start brings a profile: whether it may (OCPP 1.6 5.11). One that no charger could
  // follow is answered here: `answered`.
  bool admit(const MessageId& id, const Connector& connector, const Json* profile, bool& answered);
  void promise(const Connector& connector, const Json* profile);

  // Commands what is allowed now.
  void follow();
  // The same, where somebody has begun or ended.
  void look();
  void ended(const Connector& connector);
  void poll();
  uint64_t next_us() const { return timer_.at_us(); }

 private:
  const char* refusal(int connector, const ChargingProfile& profile) const;
  const char* mismatch(int connector, const ChargingProfile& profile) const;
  bool gives_way(const ChargingProfile& each, int connector, const ChargingProfile& to) const;
  bool is_over(const ChargingProfile& each) const;
  bool install(int connector, const ChargingProfile& profile);
  bool remove(int place);
  void end_transaction(int connector);
  int active(Outlet (&outlets)[kConnectors], Connector* (&charging)[kConnectors],
             int64_t if_idle_us);
  Outlet outlet(const Connector& connector, int64_t if_idle_us) const;
  uint32_t who_charges() const;
  ChargingLimits limits() const;

  ChargePoint& cp_;
  ChargingProfile profiles_[kProfiles];
  store::Record records_[kProfiles];
  ChargingProfile read_;  // what is being looked at
  bool promised_[kConnectors] = {};
  uint32_t charging_ = 0;
  Deadline timer_;
};

}  // namespace evse::ocpp
