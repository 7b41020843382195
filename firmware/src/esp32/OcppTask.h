// The OCPP client at work: a task on core 0 between the charging process and the network.
#pragma once

#include <freertos/queue.h>

#include "CertificateStore.h"
#include "EvseController.h"
#include "FirmwareDownload.h"
#include "LogDelivery.h"
#include "Settings.h"
#include "WebSocketTransport.h"
#include "certificates/charger_certificates.h"
#include "../ocpp_stack.h"

namespace evse::esp32 {

class SystemClock final : public hal::Clock {
 public:
  uint64_t now_us() override;
  int64_t battery_utc_us() override { return -1; }  // None is fitted.
  void set_battery_utc_us(int64_t) override {}
};

class SerialLog final : public ocpp::EventLog {
 public:
  void event(int connector, const char* text) override;
};

class OcppTask {
 public:
  OcppTask(Settings& settings, EvseController& evse, hal::Fram& fram, OcppFirmwareUpdate& update)
      : settings_(settings), evse_(evse), fram_(fram), download_(update), store_(evse) {}

  // Null: runs, or has nothing to do because no central system is set. Otherwise what is missing.
  const char* begin();
  bool on() const { return client_ != nullptr; }

  // From the reader of tags, in another task.
  void show_tag(const char (&tag_id)[20]);

 private:
  static void run(void* self);
  void poll();

  Settings& settings_;
  EvseController& evse_;
  hal::Fram& fram_;
  SystemClock clock_;
  SerialLog log_;
  WebSocketTransport transport_;
  FirmwareDownload download_;
  LogDelivery logs_;
  CertificateStore store_;
  // Makes keys within a call, which takes some tenths of a second: here nothing is due sooner.
  certificates::ChargerCertificates certificates_{store_, CertificateStore::kMostRoots};
  OcppStack* client_ = nullptr;  // made once, at the start
  String url_;
  String identity_;
  String key_;
  String ca_pem_;
  String profile_;
  ocpp::FactoryValue factory_{};
  QueueHandle_t tags_ = nullptr;
};

}  // namespace evse::esp32
