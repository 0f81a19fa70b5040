// Nettle: AES-GCM by the processor's instructions for AES, which mbedTLS 2.28 uses for one block at a time or, on ARM, not at all.
#ifndef MARTLET_CNETTLE_SHIM_H
#define MARTLET_CNETTLE_SHIM_H
#include <nettle/gcm.h>
#include <nettle/memops.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

// Both lengths of key in one place: nettle has a type for each.
typedef struct {
    int is_long;
    union {
        struct gcm_aes128_ctx aes128;
        struct gcm_aes256_ctx aes256;
    } with;
} martlet_gcm;

// Whether the processor has instructions for AES and for GCM's multiplication.
static inline int martlet_has_aes(void) {
#if defined(__x86_64__)
    unsigned int a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_AES) && (c & bit_PCLMUL);
#elif defined(__aarch64__)
    return (getauxval(AT_HWCAP) & 0x18) == 0x18; // HWCAP_AES and HWCAP_PMULL
#else
    return 0;
#endif
}

// key: 16 or 32 bytes.
static inline void martlet_gcm_set_key(martlet_gcm *gcm, const uint8_t *key, size_t count) {
    gcm->is_long = count == 32;
    if (gcm->is_long) gcm_aes256_set_key(&gcm->with.aes256, key);
    else gcm_aes128_set_key(&gcm->with.aes128, key);
}

static inline void martlet_gcm_begin(martlet_gcm *gcm, const uint8_t *nonce, const uint8_t *authenticated, size_t count) {
    if (gcm->is_long) {
        gcm_aes256_set_iv(&gcm->with.aes256, 12, nonce);
        gcm_aes256_update(&gcm->with.aes256, count, authenticated);
    } else {
        gcm_aes128_set_iv(&gcm->with.aes128, 12, nonce);
        gcm_aes128_update(&gcm->with.aes128, count, authenticated);
    }
}

// out: count bytes, and 16 of the tag behind them.
static inline void martlet_gcm_seal(martlet_gcm *gcm, const uint8_t *text, size_t count, uint8_t *out) {
    if (gcm->is_long) {
        gcm_aes256_encrypt(&gcm->with.aes256, count, out, text);
        gcm_aes256_digest(&gcm->with.aes256, 16, out + count);
    } else {
        gcm_aes128_encrypt(&gcm->with.aes128, count, out, text);
        gcm_aes128_digest(&gcm->with.aes128, 16, out + count);
    }
}

// text: count bytes and the tag behind them; decrypted where they are. Not 0: the tag is right.
static inline int martlet_gcm_open(martlet_gcm *gcm, uint8_t *text, size_t count) {
    uint8_t tag[16];
    if (gcm->is_long) {
        gcm_aes256_decrypt(&gcm->with.aes256, count, text, text);
        gcm_aes256_digest(&gcm->with.aes256, 16, tag);
    } else {
        gcm_aes128_decrypt(&gcm->with.aes128, count, text, text);
        gcm_aes128_digest(&gcm->with.aes128, 16, tag);
    }
    return memeql_sec(tag, text + count, 16); // takes the same time wherever they differ
}
#endif
