#!/bin/bash
# Four tasks export a dataset: sbatch slurm_array.sh
# The keys come with the environment of sbatch, which Slurm passes on.
#SBATCH --job-name=flatfetch-export
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=flatfetch-%A_%a.log

: "${FLATFETCH:=flatfetch}" "${LAKE:=lake}" "${DATASET:=us_stocks_sip/minute_aggs_v1}"

$FLATFETCH export "$DATASET" -p 5y --to 2025-12-31 --into "$LAKE" --shard auto --yes
code=$?

# Some files failed (3), no connection (5), killed (above 128): again, up to five times.
if [[ $code == 3 || $code == 5 || $code -gt 128 ]] && (( ${SLURM_RESTART_COUNT:-0} < 5 )); then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
