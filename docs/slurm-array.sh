#!/bin/sh
#SBATCH --job-name=lensing
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --output=lensing-%a.log
# One shard per task; a task that is requeued goes on where it was killed.
# Afterwards: lensing merge lenses.shard-*-of-4 --output lenses
# LENSING_SETTINGS may hold changes of the spec, for instance "--set instrument.width=64"; it is usually empty.
exec lensing generate model-a --count 200 --seed 7 --threads 1 --resume --output lenses $LENSING_SETTINGS
