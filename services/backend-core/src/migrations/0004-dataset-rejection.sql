-- Why a file became no version of its dataset, as a code: FILE_UNREADABLE or DATASET_SCHEMA_MISMATCH.
alter table backend_core.datasets add column code text;
