DROP TABLE campaign_recipients;
DROP TABLE campaigns;
DROP TABLE bounces;
DROP TABLE undeliverable_addresses;
DROP TABLE mail_pauses;
