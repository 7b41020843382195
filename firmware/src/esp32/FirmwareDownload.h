// New firmware for the OCPP client: fetched over HTTPS in a task of its own, straight into flash.
#pragma once

#include <freertos/queue.h>

#include "OcppFirmwareUpdate.h"
#include "hal/updater.h"

namespace evse::esp32 {

class FirmwareDownload final : public hal::Updater {
 public:
  explicit FirmwareDownload(OcppFirmwareUpdate& update) : update_(update) {}

  // `ca_pem`: what signs the file server's certificate; has to outlive this. Empty: nobody can be
  // believed, and there are no updates. False: no memory for the task.
  bool begin(const char* ca_pem);

  // An image without a signature is as good as the server it is from: no plain HTTP.
  const char* schemes() const override { return "HTTPS"; }
  bool fetches_while_charging() const override { return false; }
  void download(const char* url) override { order(Step::Fetch, url); }
  // No certificates are kept on this board yet, so that no signed order is taken.
  void verify(const uint8_t*, int, const uint8_t*, int) override { order(Step::Verify, ""); }
  void install() override { order(Step::Install, ""); }
  void abandon() override;
  State state() override;
  const char* why() const override { return why_; }
  uint8_t running_slot() const override;

 private:
  static constexpr int kUrlBytes = 513;

  enum class Step : uint8_t { Fetch, Verify, Install };
  struct Order {
    Step step;
    uint32_t number;
    char url[kUrlBytes];
  };

  static void run(void* self);
  void order(Step step, const char* url);
  void work(const Order& order);
  const char* fetch(const Order& order);
  const char* receive(void* client, const Order& order);
  bool is_wanted(const Order& order);

  OcppFirmwareUpdate& update_;
  const char* ca_pem_ = "";
  QueueHandle_t orders_ = nullptr;
  // Between the tasks; held for microseconds.
  portMUX_TYPE exchange_ = portMUX_INITIALIZER_UNLOCKED;
  uint32_t number_ = 0;  // of the last order; one that is abandoned has no number any more
  State state_ = State::Idle;
  const char* why_ = "";
};

}  // namespace evse::esp32
