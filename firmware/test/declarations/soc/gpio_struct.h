// components/soc/*/include/soc/gpio_struct.h of ESP-IDF 4.4: "write 1 to clear" of the outputs
#pragma once

#include <stdint.h>

typedef volatile struct gpio_dev_s {
#if CONFIG_IDF_TARGET_ESP32C3
  union {
    uint32_t val;
  } out_w1tc;
#else
  uint32_t out_w1tc;
#endif
} gpio_dev_t;
extern gpio_dev_t GPIO;
