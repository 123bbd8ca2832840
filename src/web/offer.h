/* Inside web/: a quote as its customer sees it. */
#ifndef KONTOR_WEB_OFFER_H
#define KONTOR_WEB_OFFER_H

#include "web/web.h"

http_handle web_offer, web_offer_pdf, web_offer_answer;       /* offer.c */
http_handle web_quote_send, web_quote_link, web_quote_unlink; /* quote_send.c */
http_handle web_quote_sent;
http_handle web_block_preview, web_block_try;                     /* text_block.c */
http_handle web_quote_approval, web_quote_decide, web_quote_take; /* quote_send.c */
http_handle web_order_file, web_order_again;                      /* order.c */

#endif
